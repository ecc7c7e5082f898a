#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tlswatch::wire {

/// store_le writes v at the start of `at` in little endian, as the ring (FORMAT.md) writes its numbers.
/// at  at least sizeof v bytes
template <std::unsigned_integral T>
void store_le(std::span<std::uint8_t> at, T v) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(at.data(), &v, sizeof v);
  } else {
    for (std::size_t i = 0; i < sizeof v; ++i) at[i] = static_cast<std::uint8_t>(v >> (8 * i));
  }
}

}  // namespace tlswatch::wire
