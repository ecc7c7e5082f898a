#pragma once

#include <cstdint>

namespace tlswatch::tls {

/// Whether a number is one of the sixteen that RFC 8701 section 2 reserves (0x0A0A, 0x1A1A, ... 0xFAFA): sent
/// to be ignored, as suite, group, extension, version or signature scheme.
constexpr bool is_grease(std::uint16_t number) noexcept {
  return (number & 0x0F0F) == 0x0A0A && (number >> 8) == (number & 0xFF);
}

}  // namespace tlswatch::tls
