#pragma once

#include <array>
#include <cstdint>

#include "cursor.h"

namespace tlswatch::wire {

/// crc32 of ISO 3309 and zlib (polynomial 0xEDB88320): finds torn writes, not malice.
inline std::uint32_t crc32(Bytes bytes) noexcept {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? c >> 1 ^ 0xEDB88320U : c >> 1;
      table[i] = c;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t b : bytes) crc = crc >> 8 ^ kTable[(crc ^ b) & 0xFF];
  return ~crc;
}

}  // namespace tlswatch::wire
