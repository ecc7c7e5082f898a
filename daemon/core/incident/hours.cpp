#include "daemon/core/incident/hours.h"

#include <algorithm>

#include "daemon/core/incident/fold.h"

namespace tlswatch::incident {
namespace {

std::int64_t hour_of(std::uint64_t time_unix_ns) noexcept {
  const auto second = static_cast<std::int64_t>(time_unix_ns / kNsPerSecond);
  return second - second % 3600;
}

bool earlier(const HourCount& hour, std::int64_t from) noexcept {
  return hour.from_unix_s < from;
}

}  // namespace

void HourCounts::add(std::uint64_t time_unix_ns, std::uint64_t n) {
  const std::int64_t from = hour_of(time_unix_ns);
  auto at = hours_.end();
  if (!hours_.empty() && hours_.back().from_unix_s >= from) {
    at = std::lower_bound(hours_.begin(), hours_.end(), from, earlier);
    if (at->from_unix_s == from) {
      at->failures += n;
      return;
    }
  }
  if (hours_.size() < kMax) {
    hours_.insert(at, {from, n});
    return;
  }
  if (at == hours_.begin()) return;
  std::move(hours_.begin() + 1, at, hours_.begin());
  *(at - 1) = {from, n};
}

void HourCounts::take(std::uint64_t time_unix_ns, std::uint64_t n) {
  const std::int64_t from = hour_of(time_unix_ns);
  const auto at = std::lower_bound(hours_.begin(), hours_.end(), from, earlier);
  if (at == hours_.end() || at->from_unix_s != from) return;
  at->failures -= std::min(at->failures, n);
  if (at->failures == 0) hours_.erase(at);
}

}  // namespace tlswatch::incident
