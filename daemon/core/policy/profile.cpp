#include "daemon/core/policy/profile.h"

#include <algorithm>

namespace tlswatch::policy {
namespace {

bool contains(const std::vector<std::uint16_t>& list, std::uint16_t wanted) noexcept {
  return list.empty() || std::ranges::find(list, wanted) != list.end();
}

bool holds(const Match& match, const Who& who) noexcept {
  if (!contains(match.listener_ports, who.listener_port)) return false;
  if (!contains(match.mfln_requested, who.mfln_requested)) return false;
  if (match.client_ids.empty()) return true;
  return !who.client_id.empty() && std::ranges::any_of(match.client_ids, [&](const std::string& pattern) {
    return glob(pattern, who.client_id);
  });
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
