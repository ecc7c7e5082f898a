// Bounded text: appends to a buffer and remembers when something did not fit. No printf on the device.
#ifndef TLSWATCH_TEXT_H
#define TLSWATCH_TEXT_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Appends within [data, data + room). Never writes beyond, never adds a NUL. After the first thing that does
/// not fit, `overflow` stays set and nothing more is written: check it once, at the end.
struct Text {
  char* data;
  size_t room;
  size_t size;
  bool overflow;

  Text(char* buffer, size_t n) : data(buffer), room(n), size(0), overflow(false) {}

  void put(char c);
  /// Appends a NUL-terminated text as it is; for our own literals.
  void put(const char* text);
  void put(uint32_t number);
  void put(int32_t number);
  /// Appends outside text inside a JSON string: at most `limit` characters; what JSON or a terminal could
  /// stumble over (quotes, backslash, control bytes, anything beyond ASCII) becomes '?'.
  void put_plain(const char* text, size_t limit);
};

}  // namespace device
}  // namespace tlswatch

#endif
