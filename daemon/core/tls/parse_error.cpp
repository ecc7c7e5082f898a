#include "daemon/core/tls/parse_error.h"

namespace tlswatch::tls {

std::string_view describe(ParseError error) noexcept {
  switch (error) {
    case ParseError::truncated: return "the handshake message ends before its length says";
    case ParseError::wrong_type: return "the handshake message is of another type";
    case ParseError::bad_length: return "a length in the handshake message cannot be";
    case ParseError::too_long: return "the handshake message is longer than any that is read";
  }
  return "unknown error";
}

}  // namespace tlswatch::tls
