#include "daemon/core/tls/host_name.h"

#include <algorithm>

namespace tlswatch::tls {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view without_last_dot(std::string_view name) noexcept {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

}  // namespace

bool host_name_matches(std::string_view presented, std::string_view asked) noexcept {
  presented = without_last_dot(presented);
  asked = without_last_dot(asked);
  if (presented.empty() || asked.empty()) return false;
  if (!presented.starts_with("*.")) return same(presented, asked);
  const std::string_view parent = presented.substr(1);
  const std::size_t dot = asked.find('.');
  if (dot == 0 || dot == std::string_view::npos || parent.find('.', 1) == std::string_view::npos)
    return false;
  return same(parent, asked.substr(dot));
}

bool is_ip_literal(std::string_view name) noexcept {
  if (name.find(':') != std::string_view::npos) return true;
  return !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace tlswatch::tls
