#include "daemon/core/wire/address_text.h"

#include <charconv>

namespace tlswatch::facts {
namespace {

struct Run {
  std::size_t start = 8;
  std::size_t length = 1;  // a single zero group is not compressed: RFC 5952 section 4.2.2
};

Run longest_zero_run(const std::array<std::uint16_t, 8>& groups) noexcept {
  Run best;
  for (std::size_t i = 0; i < groups.size();) {
    std::size_t n = 0;
    while (i + n < groups.size() && groups[i + n] == 0) ++n;
    if (n > best.length) best = {i, n};
    i += n + 1;
  }
  return best;
}

}  // namespace

AddressText to_text(const Address& address) noexcept {
  AddressText out;
  char* at = out.text_.data();
  char* const end = at + out.text_.size();
  if (address.size == 4) {
    for (std::size_t i = 0; i < 4; ++i) {
      if (i != 0) *at++ = '.';
      at = std::to_chars(at, end, address.bytes[i]).ptr;
    }
  }
  if (address.size == 16) {
    std::array<std::uint16_t, 8> groups{};
    for (std::size_t i = 0; i < 8; ++i) {
      groups[i] = static_cast<std::uint16_t>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
    }
    const Run run = longest_zero_run(groups);
    for (std::size_t i = 0; i < 8; ++i) {
      if (i == run.start) {
        *at++ = ':';
        *at++ = ':';
        i += run.length - 1;
        continue;
      }
      if (i != 0 && i != run.start + run.length) *at++ = ':';
      at = std::to_chars(at, end, groups[i], 16).ptr;
    }
  }
  out.size_ = static_cast<std::size_t>(at - out.text_.data());
  return out;
}

}  // namespace tlswatch::facts
