#include "daemon/tlswatch/when.h"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "daemon/log/time_text.h"

namespace tlswatch::cli {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kLongestDays = 36525;

/// The number at the beginning of a text, which loses it; nothing where there is none.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

}  // namespace

std::string ago(std::uint64_t then_ns, std::uint64_t now_ns) {
  if (then_ns == 0) return {};
  const std::uint64_t age = now_ns > then_ns ? now_ns - then_ns : 0;
  if (age < 2 * kSecond) return "just now";
  if (age < 2 * kMinute) return std::to_string(age / kSecond) + " s ago";
  if (age < 2 * kHour) return std::to_string(age / kMinute) + " min ago";
  if (age < 2 * kDay) return std::to_string(age / kHour) + " h ago";
  if (age < 60 * kDay) return std::to_string(age / kDay) + " days ago";
  return date_text(then_ns);
}

std::string date_text(std::uint64_t at_ns) {
  return std::string(log::TimeText::from_ns(at_ns).view().substr(0, 10));
}

std::string clock_text(std::uint64_t at_ns) {
  return std::string(log::TimeText::from_ns(at_ns).view().substr(11, 12));
}

std::optional<std::uint64_t> parse_stretch(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> kUnits{{
      {"s", kSecond},
      {"sec", kSecond},
      {"m", kMinute},
      {"min", kMinute},
      {"h", kHour},
      {"hour", kHour},
      {"hours", kHour},
      {"d", kDay},
      {"days", kDay},
      {"w", 7 * kDay},
  }};
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const auto& [name, unit] : kUnits) {
    if (text != name) continue;
    if (*number > kLongestDays * kDay / unit) return std::nullopt;
    return *number * unit;
  }
  return std::nullopt;
}

std::uint64_t parse_time(std::string_view text) {
  using namespace std::chrono;
  std::array<std::uint64_t, 6> parts{};
  static constexpr std::string_view kEnds = "--T::";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = take_number(text);
    if (!part || *part > 9999) return 0;
    parts[i] = *part;
    if (i == kEnds.size()) break;
    if (text.empty() || text.front() != kEnds[i]) return 0;
    text.remove_prefix(1);
  }
  const year_month_day date{year(static_cast<int>(parts[0])), month(static_cast<unsigned>(parts[1])),
                            day(static_cast<unsigned>(parts[2]))};
  if (!date.ok() || parts[0] < 1970) return 0;
  std::uint64_t fraction = 0;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    std::uint64_t unit = kSecond / 10;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), unit /= 10) {
      fraction += static_cast<std::uint64_t>(text.front() - '0') * unit;
    }
  }
  const auto days_since = static_cast<std::uint64_t>(sys_days(date).time_since_epoch().count());
  return days_since * kDay + parts[3] * kHour + parts[4] * kMinute + parts[5] * kSecond + fraction;
}

}  // namespace tlswatch::cli
