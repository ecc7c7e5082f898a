#pragma once

#include <cstdint>

namespace tlswatch::plugin {

/// An IP address and port as the socket names them.
struct Address {
  std::uint16_t port = 0;
  std::uint8_t size = 0;  ///< 4 or 16; 0: not known
  std::uint8_t bytes[16] = {};
};

/// Reads the text of an IP address; its port is 0. Anything else, nullptr too, gives an unknown address.
Address parse_address(const char* text) noexcept;

/// Whether two addresses are the same but for their ports; IPv4-mapped IPv6 addresses (RFC 4291
/// section 2.5.5.2) count as IPv4. Unknown addresses equal nothing.
bool same_address(const Address& a, const Address& b) noexcept;

}  // namespace tlswatch::plugin
