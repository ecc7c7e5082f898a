#include "daemon/core/incident/incident_table.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/core/incident/siphash.h"

namespace tlswatch::incident {
namespace {

std::string id_of(std::string_view broker, std::uint64_t signature, std::uint64_t first_seen_unix_ns) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::uint64_t number = SipHash24().add(signature).add(first_seen_unix_ns).finish();
  std::string out(broker.substr(0, kMaxText));
  out += ":i";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[number >> shift & 0xF];
  return out;
}

}  // namespace

IncidentTable::IncidentTable(const Limits& limits)
    : victims_per_incident_(limits.victims_per_incident),
      incidents_(std::max<std::size_t>(limits.incidents, 2)),
      victims_(limits.victims, kQuiet_s) {}

IncidentTable::Known& IncidentTable::open(const Signature& signature, std::uint64_t time_unix_ns) {
  const std::uint64_t key = hash(signature);
  Known& known = incidents_.open(key);
  const bool over = time_unix_ns > known.last_seen_unix_ns + kQuiet_s * kNsPerSecond;
  if (known.generation != 0 && !over) return known;
  known = Known{};
  known.signature = key;
  known.generation = ++generations_;
  known.id = id_of(signature.broker, key, time_unix_ns);
  known.broker = signature.broker.substr(0, kMaxText);
  known.cause = signature.cause.substr(0, kMaxText);
  known.profile = signature.profile.substr(0, kMaxText);
  known.subject = signature.subject.substr(0, kMaxText);
  known.port = signature.port;
  known.first_seen_unix_ns = known.last_seen_unix_ns = time_unix_ns;
  return known;
}

VictimTable::Entry* IncidentTable::entry_of(const Known& incident, std::uint64_t victim) noexcept {
  VictimTable::Entry* const entry = victims_.find(victim, incident.signature);
  if (entry == nullptr || entry->generation == incident.generation) return entry;
  victims_.erase(victim, incident.signature);
  return nullptr;
}

/// An entry was given up: its failures go to the crowd, its device stays counted.
void IncidentTable::lose(std::uint64_t victim, const VictimTable::Entry& entry) {
  Known* const incident = incidents_.find(entry.incident);
  if (incident == nullptr || incident->generation != entry.generation) return;
  --incident->held;
  ++incident->lost;
  incident->devices_at_least = true;
  incident->crowd.count += entry.failures.count;
  if (entry.failing) --incident->failing;
  note(*incident);
  note(victim, *incident, {});
}

/// Counts for the victim, or for the crowd where it is not remembered.
void IncidentTable::add(Known& incident, std::uint64_t victim, std::uint64_t n, std::uint32_t now_s,
                        bool failing, Counted& out) {
  incident.failures += n;
  VictimTable::Entry* entry = entry_of(incident, victim);
  if (entry == nullptr) {
    const bool full = incident.held >= victims_per_incident_;
    const auto admission = victims_.admit(victim, incident.signature, full, now_s);
    if (admission.replaced) lose(admission.old_victim, admission.old);
    entry = admission.entry;
    if (entry != nullptr) {
      entry->generation = incident.generation;
      entry->partial = incident.crowd.count > 0;
      ++incident.held;
      // It may be one of the lost that came back: then it is counted already.
      incident.lost > 0 ? --incident.lost : ++incident.devices;
    }
  }
  if (entry == nullptr) {
    crowded_ += n;
    incident.devices_at_least = true;
    out.say = incident.crowd.add(n, now_s);
    out.failures = incident.crowd.count;
    out.exact = false;
    out.crowd = true;
    if (failing) incident.crowd_failed_s = std::max(incident.crowd_failed_s, now_s);
    return;
  }
  out.say = entry->failures.add(n, now_s);
  out.failures = entry->failures.count;
  out.exact = !entry->partial;
  entry->last_failure_s = std::max(entry->last_failure_s, now_s);
  if (failing && !entry->failing) ++incident.failing;
  entry->failing |= failing;
}

/// Takes back up to `n` failures of the victim; how many. `failing`: whether it is.
std::uint64_t IncidentTable::take(Known& incident, std::uint64_t victim, std::uint64_t n, bool& failing) {
  VictimTable::Entry* const entry = entry_of(incident, victim);
  std::uint64_t& count = entry != nullptr ? entry->failures.count : incident.crowd.count;
  const std::uint64_t taken = std::min(n, count);
  count -= taken;
  incident.failures -= taken;
  failing = entry != nullptr && entry->failing;
  if (entry == nullptr || count > 0) return taken;
  if (failing) --incident.failing;
  --incident.held;
  --incident.devices;
  victims_.erase(victim, incident.signature);
  return taken;
}

/// A victim is failing: the step that is due.
Step IncidentTable::fail(Known& incident, std::uint32_t now_s) {
  const bool was_open = std::exchange(incident.open, true);
  if (incident.told_open) return Step::none;
  const bool first = !std::exchange(incident.told, true);
  const bool again = !first && !was_open;
  const bool reached = again && incident.reopened + 1 == next_said(incident.reopened);
  if (again) ++incident.reopened;
  if (!first && !reached && !Fold{0, incident.told_s}.long_ago(now_s)) return Step::none;
  incident.told_open = true;
  incident.told_s = now_s;
  return first ? Step::opened : Step::reopened;
}

/// Resolves the incident where nobody is failing. True: that is due to be told.
bool IncidentTable::settle(Known& incident, std::uint32_t now_s) {
  if (!incident.open || incident.failing > 0) return false;
  const Fold& crowd = incident.crowd;
  if (crowd.count > 0 && now_s < std::uint64_t{incident.crowd_failed_s} + kCrowdQuiet_s) return false;
  incident.open = false;
  incident.resolved_unix_ns = now_s * kNsPerSecond;
  if (!std::exchange(incident.told_open, false)) return false;
  incident.told_s = std::max(incident.told_s, now_s);
  return true;
}

Counted IncidentTable::failure(const Signature& signature, const Victim& victim, std::uint64_t time_unix_ns,
                               std::uint64_t n) {
  Known& incident = open(signature, time_unix_ns);
  const std::uint32_t now_s = seconds(time_unix_ns);
  Counted out;
  out.incident = &incident;
  n = std::max<std::uint64_t>(n, 1);
  add(incident, hash(victim), n, now_s, true, out);
  incident.first_seen_unix_ns = std::min(incident.first_seen_unix_ns, time_unix_ns);
  incident.last_seen_unix_ns = std::max(incident.last_seen_unix_ns, time_unix_ns);
  incident.hours.add(time_unix_ns, n);
  incident.merged_into.clear();
  out.step = fail(incident, now_s);
  out.say |= out.step != Step::none;
  note(incident);
  note(hash(victim), incident, victim);
  return out;
}

std::vector<Due> IncidentTable::success(const Victim& victim, std::uint64_t time_unix_ns) {
  const std::uint32_t now_s = seconds(time_unix_ns);
  std::vector<Due> due;
  victims_.each(hash(victim), [&](VictimTable::Entry& entry) {
    Known* const incident = incidents_.find(entry.incident);
    if (incident == nullptr || incident->generation != entry.generation) return false;
    if (now_s < entry.last_failure_s) return true;
    if (std::exchange(entry.failing, false)) {
      --incident->failing;
      note(hash(victim), *incident, victim);
    }
    const bool was_open = incident->open;
    // Asked of one that was well before, too: the crowd may have become quiet since.
    if (settle(*incident, now_s)) due.push_back({Step::resolved, incident});
    if (was_open) note(*incident);
    return true;
  });
  return due;
}

Moved IncidentTable::move(const Signature& from, const Victim& was, const Signature& to, const Victim& is,
                          std::uint64_t n, std::span<const std::uint64_t> times_unix_ns) {
  Moved out;
  Known* const source = incidents_.find(hash(from));
  if (source == nullptr || n == 0) return out;
  bool failing = false;
  out.moved = take(*source, hash(was), n, failing);
  if (out.moved == 0) return out;

  const std::array last{source->last_seen_unix_ns};
  auto times = times_unix_ns.empty() ? std::span<const std::uint64_t>(last) : times_unix_ns;
  times = times.first(std::min<std::size_t>(times.size(), out.moved));
  const std::uint32_t now_s = seconds(times.back());
  Known& target = open(to, times.front());
  out.target.incident = &target;
  add(target, hash(is), out.moved, now_s, failing, out.target);
  target.first_seen_unix_ns = std::min(target.first_seen_unix_ns, times.front());
  target.last_seen_unix_ns = std::max(target.last_seen_unix_ns, times.back());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::uint64_t here = i + 1 < times.size() ? 1 : out.moved - i;
    source->hours.take(times[i], here);
    target.hours.add(times[i], here);
  }

  // Failures that are over open an incident that is new, and it is resolved at once; they reopen none.
  target.merged_into.clear();
  if (failing || !target.told) out.target.step = fail(target, now_s);
  if (out.target.step != Step::none) out.due.push_back({out.target.step, &target});
  if (settle(target, now_s)) out.due.push_back({Step::resolved, &target});
  const bool emptied = source->failures == 0;
  if (emptied) {
    source->devices = source->lost = 0;
    source->devices_at_least = false;
    source->merged_into = target.id;
  }
  if (settle(*source, now_s) || emptied) out.due.push_back({Step::resolved, source});
  note(*source);
  note(target);
  note(hash(was), *source, was);
  note(hash(is), target, is);
  return out;
}

void IncidentTable::note(const Known& incident) {
  if (keep_changes_) changed_.insert(incident.signature);
}

void IncidentTable::note(std::uint64_t victim, const Known& incident, const Victim& is) {
  if (!keep_changes_) return;
  Name& name = changed_victims_[{victim, incident.signature}];
  if (!is.key.empty()) name = {is.kind, std::string(is.key)};
}

void IncidentTable::all_changed() {
  incidents_.for_each([this](std::uint64_t signature, const Known&) { changed_.insert(signature); });
}

Changes IncidentTable::take_changes() {
  Changes out;
  for (const std::uint64_t signature : std::exchange(changed_, {})) {
    if (const Known* const known = incidents_.peek(signature)) out.incidents.push_back(*known);
  }
  for (auto& [pair, name] : std::exchange(changed_victims_, {})) {
    const Known* const known = incidents_.peek(pair.incident);
    if (known == nullptr) continue;
    const VictimTable::Entry* const entry = victims_.find(pair.victim, pair.incident);
    const bool here = entry != nullptr && entry->generation == known->generation;
    out.victims.push_back({known->id, pair.victim, name.kind, std::move(name.key),
                           here ? *entry : VictimTable::Entry{}, !here});
  }
  return out;
}

void IncidentTable::restore(const State& state) {
  Known& known = incidents_.open(state.signature);
  known = state;
  known.generation = ++generations_;
  known.held = known.failing = 0;
}

void IncidentTable::restore(const State& of, std::uint64_t victim, const VictimTable::Entry& entry) {
  Known* const known = incidents_.find(of.signature);
  if (known == nullptr || known->id != of.id) return;
  const auto admission = victims_.admit(victim, of.signature, known->held >= victims_per_incident_,
                                        seconds(of.last_seen_unix_ns));
  if (admission.replaced) lose(admission.old_victim, admission.old);
  ++known->held;
  if (admission.entry == nullptr) {
    VictimTable::Entry lost = entry;
    lost.incident = of.signature;
    lost.generation = known->generation;
    if (lost.failing) ++known->failing;
    return lose(victim, lost);
  }
  *admission.entry = entry;
  admission.entry->incident = of.signature;
  admission.entry->generation = known->generation;
  if (entry.failing) ++known->failing;
}

}  // namespace tlswatch::incident
