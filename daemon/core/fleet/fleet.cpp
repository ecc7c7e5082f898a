#include "daemon/core/fleet/fleet.h"

#include <algorithm>

namespace tlswatch::fleet {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kMinute = 60 * kSecond;

/// A device that failed this long ago is still trying.
constexpr std::uint64_t kTryingNs = 15 * kMinute;
/// A row whose first failure was given to a device with so much confidence is surely its own.
constexpr double kSurely = 0.9;

Whereabouts gone_since(std::uint64_t gone_ns, std::uint64_t at_ns) noexcept {
  const std::uint64_t gone_for = at_ns > gone_ns ? at_ns - gone_ns : 0;
  if (gone_for < 30 * kSecond) return Whereabouts::gone_for_seconds;
  if (gone_for < 5 * kMinute) return Whereabouts::gone_for_minutes;
  if (gone_for < 60 * kMinute) return Whereabouts::gone_for_an_hour;
  return gone_for < 24 * 60 * kMinute ? Whereabouts::gone_for_a_day : Whereabouts::gone_for_longer;
}

/// Nothing: it failed too long ago to be trying still.
std::optional<Whereabouts> failed_since(std::uint64_t failed_ns, std::uint64_t at_ns) noexcept {
  const std::uint64_t ago = at_ns > failed_ns ? at_ns - failed_ns : 0;
  if (failed_ns == 0 || ago >= kTryingNs) return std::nullopt;
  if (ago < 5 * kSecond) return Whereabouts::failed_just_now;
  return ago < 30 * kSecond ? Whereabouts::failed_seconds_ago : Whereabouts::failed_minutes_ago;
}

CandidateState state_of(const Device& device, const Arrival& arrival) noexcept {
  const bool no_hello = arrival.hello == 0;
  if (const auto failed = failed_since(device.failing_ns, arrival.at_ns))
    return {*failed, device.failing_confidence >= kSurely, no_hello, device.open_sessions != 0};
  if (device.open_sessions != 0) return {Whereabouts::connected, false, no_hello};
  return {gone_since(device.gone_ns, arrival.at_ns), false, no_hello};
}

/// Whether failures that ended then, newest first, are those of several devices: one waits at least as long
/// before each try as before the last one, and never only a moment.
bool is_rush(std::span<const std::uint64_t> times) noexcept {
  constexpr std::uint64_t kMoment = 5 * kSecond;
  std::uint64_t next_gap = 0;  // the one after, in time
  for (std::size_t i = 0; i + 1 < times.size(); ++i) {
    const std::uint64_t gap = times[i] - std::min(times[i], times[i + 1]);
    if (gap < kMoment || (next_gap != 0 && next_gap < gap * 6 / 10)) return true;
    next_gap = gap;
  }
  return false;
}

}  // namespace

bool Fleet::rushed(const Arrival& arrival) const {
  std::array<std::uint64_t, 8> times{arrival.at_ns};
  const std::size_t before =
      ledger_.latest(arrival.place, arrival.hello, arrival.at_ns - std::min(arrival.at_ns, kTryingNs),
                     std::span(times).subspan(1));
  return is_rush(std::span(times).first(before + 1));
}

Suspicion Fleet::suspect(const Arrival& arrival) {
  Suspicion out;
  out.crowd.no_hello = arrival.hello == 0;
  std::array<CandidateState, kMaxCrowd> states;
  std::array<Device*, kMaxCrowd> devices;
  std::size_t count = 0;
  devices_.each_at(arrival.place, [&](Device& device) {
    if (arrival.hello != 0 && !device.uses(arrival.hello)) return;
    states[count] = state_of(device, arrival);
    devices[count] = &device;
    out.crowd.add(text::fnv1a(device.id), states[count++]);
  });
  if (count == 0) return out;
  out.crowd.rush = rushed(arrival);
  out.likeliest.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    out.likeliest.push_back({devices[i], odds_.share(out.crowd, states[i])});
  std::ranges::stable_sort(out.likeliest, std::ranges::greater{}, &Suspect::share);
  if (count > kMaxSuspects) out.likeliest.resize(kMaxSuspects);
  Suspect& first = out.likeliest.front();
  // A row of failures is no surer to be its own than the first one was.
  if (failed_since(first.device->failing_ns, arrival.at_ns))
    first.share = std::min(first.share, first.device->failing_confidence);
  out.by_odds = first.share;
  out.file = Calibration::file(out.crowd, first.share);
  first.share = calibration_.corrected(out.file, first.share);
  return out;
}

void Fleet::connected(std::string_view id, const Arrival& arrival) {
  const std::uint32_t broker = arrival.place.broker;
  succeeded(broker, arrival.hello);
  Device* const device = devices_.open(broker, id);
  if (device == nullptr) return;
  const bool first = device->connected_ns == 0;
  if (arrival.hello != 0 && arrival.hello != device->hello) {
    device->hello_before = device->hello;
    device->hello = arrival.hello;
  }
  device->connected_before_ns = device->connected_ns;
  // A session that is still open is one that the device has left without the broker's notice.
  device->gone_before_ns = device->open_sessions != 0 ? 0 : device->gone_ns;
  device->stayed = !first && device->place == arrival.place;
  device->connected_ns = std::max(arrival.at_ns, std::uint64_t{1});
  device->failing_ns = 0;
  device->unclaimed = 0;
  ++device->open_sessions;
  if (arrival.place.known()) devices_.move(*device, arrival.place);
}

void Fleet::restore(const Device& was) {
  devices_.restore(was);
  succeeded(was.broker, was.hello);
  succeeded(was.broker, was.hello_before);
}

void Fleet::succeeded(std::uint32_t broker, HelloId hello) {
  if (hello != 0 && good_hellos_.size() < kMaxGoodHellos) good_hellos_.insert({broker, hello});
}

bool Fleet::may_have_failed(std::uint32_t broker, std::string_view id) const {
  const Device* const device = devices_.find(broker, id);
  if (device == nullptr) return false;
  if (!device->stayed) return true;
  const auto here = ledger_.since(device->place, device->gone_before_ns);
  return device->gone_before_ns != 0 && std::ranges::any_of(here.numbers, [&](std::uint64_t number) {
           return device->uses(ledger_.find(number)->hello);
         });
}

void Fleet::disconnected(std::uint32_t broker, std::string_view id, std::uint64_t at_ns) {
  Device* const device = devices_.find(broker, id);
  if (device == nullptr || device->open_sessions == 0) return;
  if (--device->open_sessions == 0) device->gone_ns = at_ns;
}

void Fleet::stopped(std::uint32_t broker, std::uint64_t at_ns) {
  devices_.all_gone(broker, at_ns);
}

std::uint64_t Fleet::failed(Failure failure) {
  if (!failure.thought.empty()) {
    if (Device* const device = devices_.find(failure.place.broker, failure.thought)) {
      if (!failed_since(device->failing_ns, failure.to_ns)) device->failing_confidence = failure.by_odds;
      device->failing_ns = failure.to_ns;
    }
  }
  return ledger_.add(std::move(failure));
}

void Fleet::learn(const Device& device, const Failure& failure, double weight) {
  if (failure.crowd.total == 0) return;
  const CandidateState state = failure.crowd.state_of(text::fnv1a(device.id));
  // Who had never been there before was nobody of that crowd.
  const bool of_crowd =
      device.stayed && failure.place == device.place && failure.crowd.count[state.index()] != 0;
  odds_.learn(failure.crowd, of_crowd ? std::optional(state) : std::nullopt, weight);
}

/// Of several failures of which one is the device's, at most one was rightly given to it.
void Fleet::learn_naming(const Device& device, const Match& match) {
  for (const std::uint64_t number : match.failures) {
    const Failure* const failure = ledger_.find(number);
    if (failure != nullptr && failure->inferred)
      calibration_.learn(failure->file, failure->thought == device.id, 1);
  }
  double given = 0;
  for (const std::uint64_t number : match.one_of) {
    const Failure* const failure = ledger_.find(number);
    given += failure != nullptr && failure->inferred && failure->thought == device.id ? 1 : 0;
  }
  for (const std::uint64_t number : match.one_of) {
    const Failure* const failure = ledger_.find(number);
    if (failure == nullptr || !failure->inferred) continue;
    const bool to_it = failure->thought == device.id;
    if (to_it) calibration_.learn(failure->file, true, 1 / given);
    if (to_it) calibration_.learn(failure->file, false, 1 - 1 / given);
    if (given == 0) calibration_.learn(failure->file, false, 1 / static_cast<double>(match.one_of.size()));
  }
}

void Fleet::settle(const Device& device, const Match& match) {
  learn_naming(device, match);
  for (const std::uint64_t number : match.failures) {
    Failure* const failure = ledger_.find(number);
    if (failure == nullptr) continue;
    failure->standing = Standing::reported;
    learn(device, *failure, 1);
  }
  for (const std::uint64_t number : match.one_of) {
    if (const Failure* const failure = ledger_.find(number))
      learn(device, *failure, 1 / static_cast<double>(match.one_of.size()));
  }
}

}  // namespace tlswatch::fleet
