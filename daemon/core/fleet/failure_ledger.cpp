#include "daemon/core/fleet/failure_ledger.h"

#include <algorithm>

namespace tlswatch::fleet {

std::uint64_t FailureLedger::add(Failure failure) {
  if (failures_.size() >= limit_) {
    const auto last_there = latest_.find(failures_.front().failure.place);
    if (last_there != latest_.end() && last_there->second == first_) latest_.erase(last_there);
    failures_.pop_front();
    ++first_;
  }
  const std::uint64_t number = first_ + failures_.size();
  std::uint64_t& latest = latest_[failure.place];
  failures_.push_back({std::move(failure), latest});
  latest = number;
  return number;
}

const FailureLedger::Entry* FailureLedger::entry(std::uint64_t number) const noexcept {
  if (number < first_ || number - first_ >= failures_.size()) return nullptr;
  return &failures_[number - first_];
}

Failure* FailureLedger::find(std::uint64_t number) noexcept {
  const Entry* const found = entry(number);
  return found == nullptr ? nullptr : &failures_[number - first_].failure;
}

const Failure* FailureLedger::find(std::uint64_t number) const noexcept {
  const Entry* const found = entry(number);
  return found == nullptr ? nullptr : &found->failure;
}

FailureLedger::Found FailureLedger::since(std::uint32_t broker, std::uint64_t from_ns) const {
  Found out;
  std::size_t looked_at = 0;
  for (std::uint64_t number = first_ + failures_.size(); number-- > first_;) {
    const Failure& failure = failures_[number - first_].failure;
    // Each broker has a clock of its own, so another's failure ends no search.
    if (failure.place.broker == broker && failure.to_ns < from_ns) break;
    if (++looked_at > kMaxLookedAt) {
      out.complete = false;
      break;
    }
    if (failure.place.broker == broker) out.numbers.push_back(number);
  }
  std::ranges::reverse(out.numbers);
  return out;
}

FailureLedger::Found FailureLedger::since(const Place& place, std::uint64_t from_ns) const {
  Found out;
  const auto latest = latest_.find(place);
  std::uint64_t number = latest == latest_.end() ? 0 : latest->second;
  while (const Entry* const found = entry(number)) {
    if (found->failure.to_ns < from_ns) break;
    if (out.numbers.size() == kMaxLookedAt) {
      out.complete = false;
      break;
    }
    out.numbers.push_back(number);
    number = found->before_here;
  }
  std::ranges::reverse(out.numbers);
  return out;
}

std::size_t FailureLedger::latest(const Place& place, HelloId hello, std::uint64_t from_ns,
                                  std::span<std::uint64_t> times) const noexcept {
  std::size_t count = 0;
  std::size_t left = kMaxLookedAt;
  const auto last = latest_.find(place);
  std::uint64_t number = last == latest_.end() ? 0 : last->second;
  for (const Entry* found = entry(number); found != nullptr && left != 0; found = entry(number), --left) {
    if (found->failure.to_ns < from_ns || count == times.size()) break;
    if (found->failure.hello == hello) times[count++] = found->failure.to_ns;
    number = found->before_here;
  }
  return count;
}

}  // namespace tlswatch::fleet
