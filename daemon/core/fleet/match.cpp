// Which failures a report is about.
#include <algorithm>

#include "daemon/core/fleet/fleet.h"

namespace tlswatch::fleet {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
/// A device waits so long at least before it tries again.
constexpr std::uint64_t kBreathNs = kSecond;
/// Lost events are noticed up to so much later.
constexpr std::uint64_t kLossSlackNs = 120 * kSecond;

bool may_be(const Failure& failure, const Device& device) noexcept {
  if (failure.standing == Standing::own) return failure.thought == device.id;
  return failure.standing == Standing::open;
}

/// Whether it came after that session of the device. A failure of its own is the end of a session, maybe of
/// that one.
bool after(const Failure& failure, std::uint64_t since_ns) noexcept {
  return (failure.standing == Standing::own ? failure.to_ns : failure.from_ns) > since_ns;
}

bool in_time(const Failure& failure, const ReportedRow& row) noexcept {
  return failure.to_ns >= row.last_from_ns && failure.from_ns <= row.last_to_ns;
}

}  // namespace

bool Fleet::lost_since(std::uint32_t broker, std::uint64_t from_ns) const noexcept {
  const auto found = lost_ns_.find(broker);
  return found != lost_ns_.end() && found->second + kLossSlackNs >= from_ns;
}

bool Fleet::one_after_the_other(const std::vector<std::uint64_t>& failures) const {
  std::uint64_t free_from = 0;
  for (const std::uint64_t number : failures) {
    const Failure& failure = *ledger_.find(number);
    if (failure.from_ns < free_from) return false;
    free_from = failure.to_ns + kBreathNs;
  }
  return true;
}

Fleet::Company Fleet::company(const Device& device) const {
  Company out = Company::none;
  devices_.each_at(device.place, [&](const Device& other) {
    if (&other == &device) return;
    const bool alike = other.uses(device.hello) || other.hello == 0;
    out = std::max(out, alike ? Company::same_hello : Company::other_hellos);
  });
  return out;
}

std::vector<Match> Fleet::match(Device& device, const std::vector<ReportedRow>& rows) const {
  std::vector<Match> out(rows.size());
  if (!device.place.known() || match_all(device, rows, out)) return out;
  std::uint64_t since_ns = device.connected_before_ns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].reaches_broker) continue;
    out[i] = match_one(device, rows[i], since_ns);
    if (!out[i].failures.empty()) since_ns = ledger_.find(out[i].failures.back())->to_ns;
    if (out[i].failures.empty() && !out[i].unseen) device.unclaimed += rows[i].count;
  }
  return out;
}

bool Fleet::match_all(const Device& device, const std::vector<ReportedRow>& rows,
                      std::vector<Match>& out) const {
  const std::uint64_t since_ns = device.connected_before_ns;
  if (lost_since(device.broker, since_ns)) return false;
  const auto fits_any = [&](const Failure& f) {
    return may_be(f, device) && after(f, since_ns) &&
           std::ranges::any_of(rows, [&](const ReportedRow& r) { return r.reaches_broker && r.fits(f); });
  };
  const auto here = ledger_.since(device.place, since_ns);
  std::vector<std::uint64_t> own_hello, any_hello;
  for (const std::uint64_t number : here.numbers) {
    const Failure& failure = *ledger_.find(number);
    if (!fits_any(failure)) continue;
    any_hello.push_back(number);
    if (device.uses(failure.hello)) own_hello.push_back(number);
  }
  // A hello that has changed since, as Tasmota's does after its first 296, is its own where nobody else
  // lives.
  const Company company = this->company(device);
  const auto& all = own_hello.empty() && company == Company::none ? any_hello : own_hello;
  // What an earlier report of this connection told of comes first: rows are sent oldest first.
  std::uint64_t counted = device.unclaimed;
  for (const ReportedRow& row : rows) counted += row.reaches_broker ? row.count : 0;
  // A report that was too long goes on in another one. Its own rows are the oldest, if their times say so,
  // too.
  const bool crowded = company == Company::same_hello;
  const bool goes_on = !crowded && all.size() > counted && std::ranges::all_of(rows, &ReportedRow::sharp);
  if (!here.complete || counted == device.unclaimed || (all.size() != counted && !goes_on)) return false;
  if (crowded && !one_after_the_other(all)) return false;
  if (!device.stayed) {
    const auto everywhere = ledger_.since(device.broker, ledger_.find(all.front())->from_ns);
    const bool elsewhere = std::ranges::any_of(everywhere.numbers, [&](std::uint64_t number) {
      const Failure& f = *ledger_.find(number);
      return f.place != device.place && device.uses(f.hello) && fits_any(f);
    });
    if (!everywhere.complete || elsewhere) return false;
  }
  auto next = all.begin() + device.unclaimed;
  std::vector<Match> matches(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].reaches_broker) continue;
    for (std::uint32_t k = 0; k < rows[i].count; ++k, ++next) {
      if (!rows[i].fits(*ledger_.find(*next))) return false;
      matches[i].failures.push_back(*next);
    }
    const bool told_when = rows[i].sharp && (crowded || goes_on);
    if (told_when && !in_time(*ledger_.find(matches[i].failures.back()), rows[i])) return false;
  }
  out = std::move(matches);
  return true;
}

std::vector<std::uint64_t> Fleet::row_before(const Device& device, const Failure& last,
                                             const ReportedRow& row, std::uint64_t since_ns) const {
  std::vector<std::uint64_t> out;
  const auto here = ledger_.since(last.place, since_ns);
  if (!here.complete || lost_since(last.place.broker, since_ns)) return out;
  for (const std::uint64_t number : here.numbers) {
    const Failure& failure = *ledger_.find(number);
    const bool before = after(failure, since_ns) && failure.to_ns <= last.to_ns;
    if (before && may_be(failure, device) && failure.hello == last.hello && row.fits(failure))
      out.push_back(number);
  }
  return out;
}

Match Fleet::match_one(const Device& device, const ReportedRow& row, std::uint64_t since_ns) const {
  const std::uint64_t from_ns = std::max(row.last_from_ns, since_ns);
  if (lost_since(device.broker, from_ns)) return {};
  const auto here = ledger_.since(device.place, from_ns);
  const auto window = ledger_.since(device.broker, from_ns);
  if (!here.complete) return {};
  const auto candidate = [&](const Failure& f) {
    return may_be(f, device) && after(f, since_ns) && in_time(f, row) && row.fits(f);
  };
  std::vector<std::uint64_t> own_hello, other_hello, elsewhere;
  for (const std::uint64_t number : here.numbers) {
    const Failure& failure = *ledger_.find(number);
    if (candidate(failure)) (device.uses(failure.hello) ? own_hello : other_hello).push_back(number);
  }
  for (const std::uint64_t number : window.numbers) {
    const Failure& failure = *ledger_.find(number);
    if (failure.place != device.place && device.uses(failure.hello) && candidate(failure))
      elsewhere.push_back(number);
  }
  const bool nobody_elsewhere = window.complete && elsewhere.empty();
  const Company company = this->company(device);

  std::optional<std::uint64_t> last;
  if (own_hello.size() == 1 && (device.stayed || nobody_elsewhere)) last = own_hello.front();
  if (own_hello.empty() && row.sharp) {
    // It came from another address then, or with another hello.
    const bool moved = !device.stayed && window.complete && elsewhere.size() == 1 && other_hello.empty();
    if (moved) last = elsewhere.front();
    if (other_hello.size() == 1 && nobody_elsewhere) last = other_hello.front();
  }
  if (!last && row.sharp) {
    const bool none = own_hello.empty() && other_hello.empty() && nobody_elsewhere;
    const bool known = device.broker < since_ns_.size() && since_ns_[device.broker] <= row.at_ns;
    return {{}, std::move(own_hello), none && known};
  }
  if (!last) return {};
  auto all = row_before(device, *ledger_.find(*last), row, since_ns);
  const bool by_itself = company != Company::same_hello;
  // A single try among its likes may be another's: its own need not have reached the broker.
  if (all.size() == row.count && (by_itself || (row.count > 1 && one_after_the_other(all))))
    return {std::move(all), {}};
  return by_itself ? Match{{*last}, {}} : Match{{}, {*last}};
}

Match Fleet::match_at(const Place& place, std::uint64_t from_ns, std::uint64_t to_ns,
                      const Fits& fits) const {
  const auto here = ledger_.since(place, from_ns);
  Match out;
  if (!here.complete || lost_since(place.broker, from_ns)) return out;
  for (const std::uint64_t number : here.numbers) {
    const Failure& failure = *ledger_.find(number);
    if (failure.standing != Standing::reported && failure.from_ns <= to_ns && fits(failure))
      out.failures.push_back(number);
  }
  if (out.failures.size() != 1) out.failures.clear();
  return out;
}

}  // namespace tlswatch::fleet
