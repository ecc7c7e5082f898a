#pragma once

#include <cstdint>

namespace tlswatch::tls {

/// MaxFragmentLength is the content of the max_fragment_length extension (RFC 6066 section 4), asked or
/// echoed.
struct MaxFragmentLength {
  std::uint8_t code = 0;  ///< as sent: 1..4, or a bad value that shall stay visible

  /// Plaintext bytes of a record at most: 512, 1024, 2048, 4096; 0 where the code is none of RFC 6066's.
  constexpr std::uint16_t bytes() const noexcept {
    return code >= 1 && code <= 4 ? static_cast<std::uint16_t>(256U << code) : std::uint16_t{0};
  }
  constexpr bool valid() const noexcept { return bytes() != 0; }
  bool operator==(const MaxFragmentLength&) const = default;
};

}  // namespace tlswatch::tls
