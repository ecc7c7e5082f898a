// Who checks the server: by fingerprint (tlswatch_fingerprint_x509.h) or by CA (tlswatch_ca_x509.h).
//
// A BearSSL X.509 engine needs 1 to 3 KB, and only while the handshake runs. So the client is given a way to
// start one in memory that the caller may use for something else before and after.
#ifndef TLSWATCH_SERVER_CHECK_H
#define TLSWATCH_SERVER_CHECK_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Plain functions, each given `context`, which must outlive the connection.
struct ServerCheck {
  void* context;
  /// Bytes of memory that `start` takes, aligned as for a pointer.
  size_t memory_bytes;
  /// Starts an engine in that memory, for one handshake. Null: there is nothing to check by (-1004).
  const br_x509_class** (*start)(void* context, void* memory);
  /// A number that changes with whom the check trusts: a session made under one setting is not resumed under
  /// another.
  uint32_t (*digest)(void* context);
};

}  // namespace device
}  // namespace tlswatch

#endif
