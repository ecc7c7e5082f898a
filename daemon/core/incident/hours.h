#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tlswatch::incident {

/// HourCount: failures within one hour of UTC.
struct HourCount {
  std::int64_t from_unix_s = 0;
  std::uint64_t failures = 0;
  bool operator==(const HourCount&) const = default;
};

/// HourCounts has the latest kMax hours that had failures; hours without any take no place.
class HourCounts {
 public:
  static constexpr std::size_t kMax = 48;

  /// Counts `n` failures at a time, which may be earlier than the last one. Where kMax hours are taken, the
  /// earliest of them and this one goes.
  void add(std::uint64_t time_unix_ns, std::uint64_t n);

  /// Takes back up to `n` of the failures of that time's hour; of one that has gone, nothing.
  void take(std::uint64_t time_unix_ns, std::uint64_t n);

  /// As list() was.
  void restore(std::vector<HourCount> hours) {
    if (hours.size() <= kMax) hours_ = std::move(hours);
  }

  /// Oldest first; none of them is 0.
  const std::vector<HourCount>& list() const noexcept { return hours_; }

 private:
  std::vector<HourCount> hours_;
};

}  // namespace tlswatch::incident
