#include "tlswatch_server_hello.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kServerHello = 2;
constexpr uint16_t kMaxFragmentLength = 1;  // extension type, RFC 6066 section 4
constexpr size_t kMessageAt = 5;            // behind the record's header
constexpr size_t kBodyAt = kMessageAt + 4;
constexpr size_t kSessionIdAt = kBodyAt + 2 + 32;  // behind version and random (RFC 5246 section 7.4.1.3)

size_t number(const uint8_t* at) {
  return static_cast<size_t>(at[0] << 8 | at[1]);
}

}  // namespace

uint16_t server_hello_mfln(const uint8_t* record, size_t n) {
  if (n <= kSessionIdAt || record[0] != kHandshakeRecord || record[kMessageAt] != kServerHello) return 0;
  const size_t end = kBodyAt + number(record + kMessageAt + 2);  // its highest byte is 0 in any real one
  if (end > n) return 0;
  // The session id, suite and compression, and the length of all extensions, which the message's end gives,
  // too.
  size_t at = kSessionIdAt + 1 + record[kSessionIdAt] + 3 + 2;
  while (at + 4 < end) {
    const size_t type = number(record + at);
    const size_t length = number(record + at + 2);
    at += 4;
    if (type == kMaxFragmentLength && length == 1) {
      const unsigned code = record[at];  // 1..4 for 2^9..2^12
      return code >= 1 && code <= 4 ? static_cast<uint16_t>(256u << code) : uint16_t{0};
    }
    at += length;
  }
  return 0;
}

}  // namespace device
}  // namespace tlswatch
