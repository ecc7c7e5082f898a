#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times for people. All are Unix nanoseconds; 0 is never, or not known.
namespace tlswatch::cli {

/// "just now", "12 s ago", "3 min ago", "5 h ago", "4 days ago", from 60 days on the date; empty for never.
/// Two clocks may differ: what lies ahead is "just now" too.
std::string ago(std::uint64_t then_ns, std::uint64_t now_ns);

/// "2026-11-25", in UTC.
std::string date_text(std::uint64_t at_ns);

/// "04:52:34.253", in UTC.
std::string clock_text(std::uint64_t at_ns);

/// A stretch of time as it is written after --since: 90s, 15m, 2h, 7d, 4w; a bare number is refused, since
/// nobody can tell what it counts. In nanoseconds; nothing where it is none, or longer than 100 years.
std::optional<std::uint64_t> parse_stretch(std::string_view text);

/// Unix nanoseconds of an event's @timestamp ("2026-11-25T04:52:34.189316746Z"); 0 where it is none.
std::uint64_t parse_time(std::string_view text);

}  // namespace tlswatch::cli
