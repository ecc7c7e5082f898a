#pragma once

#include <array>
#include <cstdint>

namespace tlswatch::fleet_sim {

/// An IPv4 address, host byte order; IPv4 alone, since that is where devices share and swap addresses.
using Ip = std::uint32_t;

struct Peer {
  Ip ip = 0;
  std::uint16_t port = 0;
};

constexpr std::array<std::uint8_t, 4> ip_bytes(Ip ip) noexcept {
  return {static_cast<std::uint8_t>(ip >> 24), static_cast<std::uint8_t>(ip >> 16),
          static_cast<std::uint8_t>(ip >> 8), static_cast<std::uint8_t>(ip)};
}

}  // namespace tlswatch::fleet_sim
