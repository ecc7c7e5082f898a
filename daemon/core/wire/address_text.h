#pragma once

#include <array>
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

}  // namespace tlswatch::facts
