#pragma once

#include <cstdint>
#include <string_view>

namespace tlswatch::tls {

/// Why bytes are not the handshake message they should be.
enum class ParseError : std::uint8_t {
  truncated,   ///< fewer bytes than the lengths promise, and nobody said that the message was cut
  wrong_type,  ///< msg_type is another message's
  bad_length,  ///< a length exceeds its container, leaves bytes over, or is none that the RFC allows
  too_long,    ///< more bytes than this parser takes
};

/// One sentence for people.
std::string_view describe(ParseError error) noexcept;

}  // namespace tlswatch::tls
