#include "daemon/log/time_text.h"

#include <algorithm>
#include <chrono>

namespace tlswatch::log {
namespace {

constexpr std::int64_t kMaxUnixSeconds = 253402300799;  // 9999-12-31T23:59:59Z

char* digits(char* at, std::uint64_t v, int n) noexcept {
  for (int i = n - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + v % 10);
    v /= 10;
  }
  return at + n;
}

char* date_time(char* at, std::int64_t unix_s) noexcept {
  using namespace std::chrono;
  const sys_seconds time{seconds{std::clamp<std::int64_t>(unix_s, 0, kMaxUnixSeconds)}};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const auto second_of_day = static_cast<std::uint64_t>((time - day).count());
  at = digits(at, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  at = digits(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  at = digits(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  at = digits(at, second_of_day / 3600, 2);
  *at++ = ':';
  at = digits(at, second_of_day / 60 % 60, 2);
  *at++ = ':';
  return digits(at, second_of_day % 60, 2);
}

}  // namespace

TimeText TimeText::from_ns(std::uint64_t unix_ns) noexcept {
  constexpr std::uint64_t kNs = 1'000'000'000;
  TimeText out;
  char* at = date_time(out.text_.data(), static_cast<std::int64_t>(unix_ns / kNs));
  *at++ = '.';
  at = digits(at, unix_ns % kNs, 9);
  *at++ = 'Z';
  out.size_ = static_cast<std::size_t>(at - out.text_.data());
  return out;
}

TimeText TimeText::from_seconds(std::int64_t unix_s) noexcept {
  TimeText out;
  char* at = date_time(out.text_.data(), unix_s);
  *at++ = 'Z';
  out.size_ = static_cast<std::size_t>(at - out.text_.data());
  return out;
}

}  // namespace tlswatch::log
