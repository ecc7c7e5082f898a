#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tlswatch::text {

inline constexpr std::uint64_t kFnv1aStart = 0xCBF29CE484222325U;

/// FNV-1a, 64 bits (Fowler, Noll and Vo), to key tables by bytes. Whoever chooses the bytes can make them
/// collide: the tables that it serves are bounded.
///
/// hash  of what stands before these bytes
inline std::uint64_t fnv1a(std::span<const std::uint8_t> bytes, std::uint64_t hash = kFnv1aStart) noexcept {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3U;
  return hash;
}

inline std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = kFnv1aStart) noexcept {
  return fnv1a({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, hash);
}

}  // namespace tlswatch::text
