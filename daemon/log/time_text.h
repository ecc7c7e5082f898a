#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tlswatch::log {

/// TimeText: a point in time as ISO 8601 in UTC, "2026-11-23T05:56:28.123456789Z"; without a fraction for
/// whole seconds from_seconds. Years 1970 to 9999.
class TimeText {
 public:
  static TimeText from_ns(std::uint64_t unix_ns) noexcept;
  static TimeText from_seconds(std::int64_t unix_s) noexcept;
  std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 32> text_{};
  std::size_t size_ = 0;
};

}  // namespace tlswatch::log
