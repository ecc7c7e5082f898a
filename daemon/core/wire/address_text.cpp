#include "daemon/core/wire/address_text.h"

#include <algorithm>
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

bool parse_ipv4(std::string_view text, Address& out) noexcept {
  out.size = 4;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    const std::string_view part = text.substr(0, dot);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out.bytes[i]);
    if (part.empty() || error != std::errc{} || end != part.data() + part.size()) return false;
    if (dot == std::string_view::npos) return false;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return true;
}

/// Groups between colons into `out`; false where one is no group. None in an empty text.
bool parse_groups(std::string_view text, std::array<std::uint16_t, 8>& out, std::size_t& count) noexcept {
  count = 0;
  if (text.empty()) return true;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (count == out.size() || group.empty() || group.size() > 4) return false;
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), out[count], 16);
    if (error != std::errc{} || end != group.data() + group.size()) return false;
    ++count;
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
  }
}

bool parse_ipv6(std::string_view text, Address& out) noexcept {
  std::array<std::uint16_t, 8> before{};
  std::array<std::uint16_t, 8> after{};
  std::size_t n_before = 0;
  std::size_t n_after = 0;
  const std::size_t gap = text.find("::");
  if (!parse_groups(text.substr(0, gap), before, n_before)) return false;
  if (gap == std::string_view::npos) {
    if (n_before != 8) return false;
  } else {
    if (!parse_groups(text.substr(gap + 2), after, n_after) || n_before + n_after > 7) return false;
    std::ranges::copy_n(after.begin(), static_cast<std::ptrdiff_t>(n_after),
                        before.end() - static_cast<std::ptrdiff_t>(n_after));
  }
  out.size = 16;
  for (std::size_t i = 0; i < 8; ++i) {
    out.bytes[2 * i] = static_cast<std::uint8_t>(before[i] >> 8);
    out.bytes[2 * i + 1] = static_cast<std::uint8_t>(before[i] & 0xFF);
  }
  return true;
}

/// ::ffff:a.b.c.d in its 16 bytes.
void unmap(Address& address) noexcept {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (address.size != 16 || !std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) return;
  std::copy_n(address.bytes.begin() + 12, 4, address.bytes.begin());
  std::fill(address.bytes.begin() + 4, address.bytes.end(), std::uint8_t{0});
  address.size = 4;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) noexcept {
  Address out;
  constexpr std::string_view kMapped = "::ffff:";
  const bool dotted = text.find('.') != std::string_view::npos;
  if (dotted && text.starts_with(kMapped)) text.remove_prefix(kMapped.size());
  if (!(dotted ? parse_ipv4(text, out) : parse_ipv6(text, out))) return std::nullopt;
  unmap(out);
  return out;
}

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
