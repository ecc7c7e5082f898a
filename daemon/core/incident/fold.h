#pragma once

#include <cstdint>

namespace tlswatch::incident {

inline constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

/// At least this often something that goes on is said again.
inline constexpr std::uint32_t kSayEvery_s = 3600;

/// Unix seconds, good until 2106.
constexpr std::uint32_t seconds(std::uint64_t time_unix_ns) noexcept {
  return static_cast<std::uint32_t>(time_unix_ns / kNsPerSecond);
}

/// The count after `count` at which something is said: the 1st, 2nd and 3rd, then the 10th, 100th, 1000th,
/// and so on to 10^19; after that none.
constexpr std::uint64_t next_said(std::uint64_t count) noexcept {
  constexpr std::uint64_t kLast = 10'000'000'000'000'000'000U;
  if (count < 3) return count + 1;
  if (count >= kLast) return UINT64_MAX;
  std::uint64_t power = 10;
  while (power <= count) power *= 10;
  return power;
}

/// Fold counts what happens again and again, exactly, and tells when to say so.
struct Fold {
  std::uint64_t count = 0;
  std::uint32_t last_said_s = 0;

  /// Counts `n` more. True: to be said, since a count of next_said() was reached, or nothing was said for
  /// kSayEvery_s. A clock that was set back by as much says so too, or it would be silent until it had
  /// caught up.
  constexpr bool add(std::uint64_t n, std::uint32_t now_s) noexcept {
    const bool reached = count + n >= next_said(count);
    count += n;
    if (!reached && !long_ago(now_s)) return false;
    last_said_s = now_s;
    return true;
  }

  constexpr bool long_ago(std::uint32_t now_s) const noexcept {
    const std::uint32_t apart = now_s > last_said_s ? now_s - last_said_s : last_said_s - now_s;
    return apart >= kSayEvery_s;
  }
};

}  // namespace tlswatch::incident
