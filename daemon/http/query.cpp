#include "daemon/http/query.h"

#include <algorithm>
#include <charconv>

namespace tlswatch::http {
namespace {

constexpr std::size_t kStandardLimit = 100;
constexpr std::size_t kMaxDigits = 9;
constexpr std::uint64_t kSecondNs = 1'000'000'000;

template <typename Number>
std::optional<Number> whole(std::string_view text, int base = 10) noexcept {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::uint64_t seconds_of(char unit) noexcept {
  switch (unit) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86'400;
    case 'w': return 604'800;
    default: return 0;
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = i + 2 < text.size() ? whole<unsigned char>(text.substr(i + 1, 2), 16) : std::nullopt;
    if (!byte) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  return out;
}

std::optional<std::uint64_t> parse_stretch(std::string_view text) noexcept {
  if (text.size() < 2 || text.size() > kMaxDigits + 1 || text.front() == '0') return std::nullopt;
  const std::uint64_t unit = seconds_of(text.back());
  const auto count = whole<std::uint64_t>(text.substr(0, text.size() - 1));
  if (unit == 0 || !count || *count > UINT64_MAX / kSecondNs / unit) return std::nullopt;
  return *count * unit * kSecondNs;
}

Query::Query(const Parameters& given, std::initializer_list<std::string_view> known) : given_(given) {
  for (const auto& [name, value] : given) {
    if (std::ranges::find(known, name) == known.end())
      fail("There is no parameter " + name + " here. /api/openapi.json lists them.");
    if (given.count(name) > 1) fail("The parameter " + name + " stands there twice. Send it once.");
  }
}

void Query::fail(std::string sentence) {
  if (trouble_.empty()) trouble_ = std::move(sentence);
}

std::string_view Query::text(const char* name, std::size_t most) {
  const auto found = given_.find(name);
  if (found == given_.end()) return {};
  if (found->second.size() > most)
    fail("The parameter " + std::string(name) + " has more than " + std::to_string(most) + " bytes.");
  return found->second;
}

std::size_t Query::limit() {
  const std::string_view given = text("limit", kMaxDigits);
  if (given.empty()) return kStandardLimit;
  const auto rows = whole<std::size_t>(given);
  if (!rows || *rows == 0 || *rows > store::kMaxPage)
    fail("limit is a number from 1 to " + std::to_string(store::kMaxPage) + ".");
  return rows.value_or(kStandardLimit);
}

std::uint64_t Query::since(std::uint64_t now_ns, std::string_view standard) {
  const std::string_view given = text("since", kMaxDigits + 1);
  const std::string_view wanted = given.empty() ? standard : given;
  if (wanted.empty()) return 0;
  const auto stretch = parse_stretch(wanted);
  if (!stretch) fail("since is a stretch of time such as 90s, 15m, 2h or 7d.");
  return stretch && now_ns > *stretch ? now_ns - *stretch : 0;
}

bool Query::state_is(std::string_view word, bool standard) {
  const std::string_view given = text("state", kMaxDigits);
  if (given.empty()) return standard;
  if (given != word && given != "all") fail("state is " + std::string(word) + " or all.");
  return given == word;
}

void Query::filter(store::Filter& filter) {
  filter.broker = text("broker", 64);
  filter.cause = text("cause", 64);
  filter.profile = text("profile", 256);
}

}  // namespace tlswatch::http
