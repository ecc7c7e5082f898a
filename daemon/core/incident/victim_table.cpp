#include "daemon/core/incident/victim_table.h"

#include <algorithm>
#include <bit>

namespace tlswatch::incident {

static_assert(sizeof(VictimTable::Entry) == 40);

VictimTable::VictimTable(std::size_t limit, std::uint32_t quiet_s) noexcept
    : max_sets_(std::bit_floor(std::max(limit, kWays)) / kWays), quiet_s_(quiet_s) {}

std::size_t VictimTable::Set::count(std::uint64_t victim) const noexcept {
  std::size_t out = 0;
  for (const std::uint64_t each : victims) out += each == victim ? 1U : 0U;
  return out;
}

std::array<VictimTable::Set*, 2> VictimTable::sets_of(std::uint64_t victim) noexcept {
  if (sets_.empty()) return {};
  const std::uint64_t mask = sets_.size() - 1;
  Set* const first = &sets_[name(victim) & mask];
  Set* const second = &sets_[name(victim) >> 32 & mask];
  return {first, first == second ? nullptr : second};
}

VictimTable::Entry* VictimTable::find(std::uint64_t victim, std::uint64_t incident) noexcept {
  const std::uint64_t wanted = name(victim);
  for (Set* const set : sets_of(victim)) {
    for (std::size_t way = 0; set != nullptr && way < kWays; ++way) {
      if (set->victims[way] == wanted && set->entries[way].incident == incident) return &set->entries[way];
    }
  }
  return nullptr;
}

bool VictimTable::is_crowded(std::uint64_t victim) noexcept {
  const std::size_t capacity = sets_.size() * kWays;
  if (size_ >= capacity / 2) return true;
  // Full sets in an empty table are somebody's choice of names; more sets would not help.
  if (size_ < capacity / 16) return false;
  const auto [first, second] = sets_of(victim);
  return first->count(kFree) == 0 && (second == nullptr || second->count(kFree) == 0);
}

/// Twice the sets: each is split in two by the next bit of that half of the hash which led there, so none can
/// become too small.
void VictimTable::grow() {
  std::vector<Set> old(std::max(std::min(kFirstSets, max_sets_), sets_.size() * 2));
  old.swap(sets_);
  const std::uint64_t mask = sets_.size() - 1;
  for (std::size_t index = 0; index < old.size(); ++index) {
    for (std::size_t way = 0; way < kWays; ++way) {
      const std::uint64_t victim = old[index].victims[way];
      if (victim == kFree) continue;
      const bool by_low = (victim & (old.size() - 1)) == index;
      Set& to = sets_[(by_low ? victim : victim >> 32) & mask];
      const auto free = std::find(to.victims, to.victims + kWays, kFree) - to.victims;
      to.victims[static_cast<std::size_t>(free)] = victim;
      to.entries[static_cast<std::size_t>(free)] = old[index].entries[way];
    }
  }
}

VictimTable::Admission VictimTable::admit(std::uint64_t victim, std::uint64_t incident, bool incident_full,
                                          std::uint32_t now_s) {
  while (sets_.size() < max_sets_ && (sets_.empty() || is_crowded(victim))) grow();
  const auto sets = sets_of(victim);
  std::size_t own = 0;
  for (const Set* const set : sets) own += set != nullptr ? set->count(name(victim)) : 0;
  const bool victim_full = own >= kMaxIncidentsPerVictim;

  // The best place has the lowest rank: a free one in the emptier set, a well victim's, one that failed
  // longest ago.
  constexpr std::uint64_t kNone = UINT64_MAX, kFailing = std::uint64_t{1} << 33;
  Set* best_set = nullptr;
  std::size_t best_way = 0;
  std::uint64_t best_rank = kNone;
  for (Set* const set : sets) {
    if (set == nullptr) continue;
    const std::size_t used = kWays - set->count(kFree);
    for (std::size_t way = 0; way < kWays; ++way) {
      const Entry& entry = set->entries[way];
      const bool free = set->victims[way] == kFree;
      if (incident_full && (free || entry.incident != incident)) continue;
      if (victim_full && set->victims[way] != name(victim)) continue;
      const bool recent = entry.last_failure_s + std::uint64_t{quiet_s_} >= now_s;
      if (!free && entry.failing && recent) continue;
      const std::uint64_t rank = free ? used : kWays + entry.last_failure_s + (entry.failing ? kFailing : 0);
      if (rank >= best_rank) continue;
      best_set = set;
      best_way = way;
      best_rank = rank;
    }
  }
  if (best_set == nullptr) return {};
  Entry& entry = best_set->entries[best_way];
  Admission out{&entry, best_set->victims[best_way] != kFree, entry, best_set->victims[best_way]};
  out.replaced ? ++forgotten_ : ++size_;
  best_set->victims[best_way] = name(victim);
  entry = {};
  entry.incident = incident;
  return out;
}

void VictimTable::erase(std::uint64_t victim, std::uint64_t incident) noexcept {
  each(victim, [&](const Entry& entry) { return entry.incident != incident; });
}

}  // namespace tlswatch::incident
