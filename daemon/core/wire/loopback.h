#pragma once

#include <string_view>

namespace tlswatch::facts {

/// Whether the text of an address or a name is this host's own, which nobody else can reach: 127.0.0.0/8 (RFC
/// 6890), ::1, localhost (RFC 6761, section 6.3). Other ways to write them are not known here, and count as
/// reachable.
constexpr bool is_loopback(std::string_view text) noexcept {
  if (text == "::1" || text == "localhost") return true;
  if (!text.starts_with("127.")) return false;
  int numbers = 0;
  while (true) {
    const std::string_view number = text.substr(0, text.find('.'));
    unsigned value = 0;
    for (const char c : number) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (number.empty() || number.size() > 3 || value > 255) return false;
    ++numbers;
    if (number.size() == text.size()) return numbers == 4;
    text.remove_prefix(number.size() + 1);
  }
}

}  // namespace tlswatch::facts
