#pragma once

#include <cstdint>
#include <ctime>

namespace tlswatch::plugin {

/// clock_ns reads a clock in nanoseconds; on Linux without a system call (vdso(7)).
inline std::uint64_t clock_ns(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

inline std::uint64_t monotonic_ns() noexcept {
  return clock_ns(CLOCK_MONOTONIC);
}

}  // namespace tlswatch::plugin
