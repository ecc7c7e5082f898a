#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/core/incident/fold.h"

namespace tlswatch::incident {

/// Pairs of victim and incident remembered over all brokers; 48 bytes each.
inline constexpr std::size_t kMaxVictims = std::size_t{1} << 20;
/// Incidents that one victim can be in at a time.
inline constexpr std::size_t kMaxIncidentsPerVictim = 8;

/// VictimTable remembers who is in which incident, how often, and whether still failing. Who and which are
/// 64-bit hashes.
///
/// A table of sets, as in a processor's cache: a victim's hash names two sets of kWays, its pairs lie in
/// these, each new one in the emptier; so every call looks at two sets and no more, whatever outsiders do. It
/// doubles as it fills, up to its limit. There, full sets give up a pair whose victim is well again, or
/// failed longest ago and not within the quiet time; where they have none, the new one is not remembered, so
/// that no flood can push out those who are failing.
class VictimTable {
 public:
  static constexpr std::size_t kWays = 16;

  struct Entry {
    std::uint64_t incident = 0;
    Fold failures;                 ///< of this victim in this incident
    std::uint32_t generation = 0;  ///< the incident's; another one is that of an incident that was forgotten
    std::uint32_t last_failure_s = 0;
    bool failing = false;
    bool partial = false;  ///< earlier failures of this victim may have been forgotten
  };

  struct Admission {
    Entry* entry = nullptr;  ///< null: not remembered
    bool replaced = false;   ///< `old` had to go for it
    Entry old;
    std::uint64_t old_victim = 0;
  };

  /// limit  pairs; rounded down to a power of two, at least one set
  explicit VictimTable(std::size_t limit, std::uint32_t quiet_s) noexcept;

  /// The pair, or null. Valid until the next admit().
  Entry* find(std::uint64_t victim, std::uint64_t incident) noexcept;

  /// Makes a pair that find() does not know. `incident_full`: only another one of the same incident may go
  /// for it.
  Admission admit(std::uint64_t victim, std::uint64_t incident, bool incident_full, std::uint32_t now_s);

  void erase(std::uint64_t victim, std::uint64_t incident) noexcept;

  /// Calls `keep` with each pair of the victim; those it returns false for are erased.
  template <typename Keep>
  void each(std::uint64_t victim, Keep keep) {
    for (Set* const set : sets_of(victim)) {
      for (std::size_t way = 0; set != nullptr && way < kWays; ++way) {
        if (set->victims[way] != name(victim) || keep(set->entries[way])) continue;
        set->victims[way] = kFree;
        --size_;
      }
    }
  }

  std::size_t size() const noexcept { return size_; }
  /// Pairs given up for others.
  std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  static constexpr std::uint64_t kFree = 0;
  static constexpr std::size_t kFirstSets = 16;
  struct Set {
    std::uint64_t victims[kWays] = {};  ///< apart, so that a search reads two cache lines a set
    Entry entries[kWays];
    std::size_t count(std::uint64_t victim) const noexcept;
  };

  static constexpr std::uint64_t name(std::uint64_t victim) noexcept { return victim == kFree ? 1 : victim; }
  /// Its two sets, by the halves of its hash; null for the second if it is the first, for both before there
  /// are any.
  std::array<Set*, 2> sets_of(std::uint64_t victim) noexcept;
  bool is_crowded(std::uint64_t victim) noexcept;
  void grow();

  std::size_t max_sets_;
  std::uint32_t quiet_s_;
  std::vector<Set> sets_;
  std::size_t size_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace tlswatch::incident
