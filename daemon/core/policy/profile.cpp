#include "daemon/core/policy/profile.h"

#include <algorithm>
#include <charconv>

#include "daemon/core/wire/address_text.h"

namespace tlswatch::policy {
namespace {

bool contains(const std::vector<std::uint16_t>& list, std::uint16_t wanted) noexcept {
  return list.empty() || std::ranges::find(list, wanted) != list.end();
}

bool matches(const std::vector<std::string>& patterns, std::string_view text) noexcept {
  if (patterns.empty()) return true;
  return !text.empty() && std::ranges::any_of(patterns, [&](const std::string& p) { return glob(p, text); });
}

bool lies_in(const std::vector<AddressRange>& ranges, const std::optional<facts::Address>& address) noexcept {
  if (ranges.empty()) return true;
  return address && std::ranges::any_of(ranges, [&](const AddressRange& r) { return r.contains(*address); });
}

bool holds(const Match& match, const Who& who) noexcept {
  return contains(match.listener_ports, who.listener_port) &&
         contains(match.mfln_requested, who.mfln_requested) && lies_in(match.addresses, who.address) &&
         matches(match.client_ids, who.client_id) && matches(match.users, who.user) &&
         matches(match.ja4s, who.ja4) && matches(match.certificate_subjects, who.certificate_subject) &&
         matches(match.certificate_issuers, who.certificate_issuer);
}

}  // namespace

const Profile* Profiles::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(profiles, name, &Profile::name);
  return found == profiles.end() ? nullptr : &*found;
}

const Profile* select(const Profiles& profiles, const Who& who) noexcept {
  for (const Match& match : profiles.matches) {
    if (holds(match, who)) return profiles.find(match.profile);
  }
  return nullptr;
}

bool recognises(const Profiles& profiles, const Who& who) noexcept {
  return std::ranges::any_of(profiles.matches, [&](const Match& match) {
    const bool about_client = !match.client_ids.empty() || !match.mfln_requested.empty() ||
                              !match.users.empty() || !match.addresses.empty() || !match.ja4s.empty() ||
                              !match.certificate_subjects.empty() || !match.certificate_issuers.empty();
    return about_client && holds(match, who);
  });
}

bool AddressRange::contains(const facts::Address& address) const noexcept {
  if (address.size != base.size) return false;
  const std::size_t whole = prefix_bits / 8U;
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin()))
    return false;
  const unsigned rest = prefix_bits % 8U;
  return rest == 0 || ((base.bytes[whole] ^ address.bytes[whole]) >> (8U - rest)) == 0;
}

std::optional<AddressRange> parse_address_range(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const auto base = facts::parse_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  const auto most = static_cast<std::uint8_t>(base->size * 8U);
  if (slash == std::string_view::npos) return AddressRange{*base, most};
  const std::string_view digits = text.substr(slash + 1);
  std::uint8_t bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > most) return std::nullopt;
  return AddressRange{*base, bits};
}

// One star is remembered at a time, so the cost is at most pattern times text: a client id comes from
// outside.
bool glob(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    t = ++resume;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace tlswatch::policy
