// A place that keeps one thing over a reset or a power loss: a session, learnt fingerprints.
#ifndef TLSWATCH_STORE_H
#define TLSWATCH_STORE_H

#include <stddef.h>

namespace tlswatch {
namespace device {

/// Plain functions, each given `context`; both null where there is no such place. n is at most 88 bytes and
/// always the same for one place, so a port to memory that is written in words may round it up.
struct Store {
  void* context;
  /// Reads n bytes; false if that failed. What is in there is checked by whoever asks: it may be anything.
  bool (*load)(void* context, void* bytes, size_t n);
  bool (*save)(void* context, const void* bytes, size_t n);
};

}  // namespace device
}  // namespace tlswatch

#endif
