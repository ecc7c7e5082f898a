#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "daemon/core/wire/facts.h"

namespace tlswatch::facts {

/// AddressText: an IP address as people write it. Fixed size: an address is formatted for every line.
class AddressText {
 public:
  std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  friend AddressText to_text(const Address&) noexcept;
  std::array<char, 46> text_{};
  std::size_t size_ = 0;
};

/// Formats the address without its port: IPv4 dotted, IPv6 as RFC 5952 section 4 wants it. Empty where the
/// address has neither size.
AddressText to_text(const Address& address) noexcept;

/// Reads an address without port: IPv4 dotted, IPv6 in the forms of RFC 4291 section 2.2 (not the one that
/// ends in dotted IPv4, but for ::ffff:10.0.0.7). IPv4-mapped ones become the IPv4 addresses they are, as
/// everywhere.
///
/// returns  nothing where the text is no address, or has a zone (fe80::1%eth0)
std::optional<Address> parse_address(std::string_view text) noexcept;

}  // namespace tlswatch::facts
