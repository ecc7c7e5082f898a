#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "daemon/core/fleet/lru_map.h"
#include "daemon/core/incident/incident.h"
#include "daemon/core/incident/victim_table.h"

/// Incidents: failures of one signature are one incident, whoever has them. It opens with the first one, is
/// resolved when none of its victims is still failing, and reopens under its id when one fails again. What
/// happens again and again is counted exactly and said rarely (fold.h).
///
/// An incident's failures are exact, always. Victims are remembered in bounded memory; those for whom there
/// is no room are its crowd: counted together, and said as often as one victim is, so that a flood of
/// addresses floods no log. One whose victims never come back stays open; when it is forgotten it is not said
/// to be resolved, since nobody succeeded.
namespace tlswatch::incident {

/// Incidents remembered over all brokers, at most 2.7 KB each; above it the one is forgotten, open or not, of
/// which no victim failed or succeeded for longest.
inline constexpr std::size_t kMaxIncidents = 8192;
/// Victims remembered of one incident.
inline constexpr std::size_t kMaxVictimsPerIncident = 65536;
/// After so much time without a failure an incident is over: the next one opens another. A victim that still
/// fails and was not heard of for as long makes room for others.
inline constexpr std::uint32_t kQuiet_s = 30 * 86400;
/// Nobody can tell when the last of a crowd is well: it counts as well when none of it failed for so long.
inline constexpr std::uint32_t kCrowdQuiet_s = 3600;

struct Limits {
  std::size_t incidents = kMaxIncidents;  ///< at least 2
  std::size_t victims = kMaxVictims;
  std::size_t victims_per_incident = kMaxVictimsPerIncident;
};

/// Counted: what is due for a failure. The incident is never null, and valid until the next call.
struct Counted {
  const Incident* incident = nullptr;
  Step step = Step::none;  ///< opened or reopened: a line before the diagnosis
  bool say = false;        ///< the diagnosis is a line; else it is folded into the next one's count
  /// Of this victim in this incident, these included; of the whole crowd if `crowd`.
  std::uint64_t failures = 0;
  bool exact = true;   ///< else this victim may have had more, which were forgotten
  bool crowd = false;  ///< the victim is not remembered
};

/// Due: a line about an incident; valid until the next call.
struct Due {
  Step step = Step::none;
  const Incident* incident = nullptr;
};

/// Moved: what became of a move.
struct Moved {
  std::uint64_t moved = 0;  ///< failures; fewer than asked where the source had no more of this victim
  Counted target;           ///< its incident is null where nothing was moved; `step` stands in `due`
  std::vector<Due> due;     ///< in the order of the log
};

/// State: all that is known of an incident, so that a store can bring it back.
/// failures == the failures of its entries in the table of victims + crowd.count.
struct State : Incident {
  std::uint64_t signature = 0;
  std::uint32_t generation = 0;  ///< of one run of the table
  std::uint64_t held = 0;        ///< its entries in the table of victims
  std::uint64_t lost = 0;        ///< its entries that were given up; devices == held + lost
  Fold crowd;                    ///< failures whose victim is not, or no longer, remembered
  std::uint32_t crowd_failed_s = 0;
  bool told = false;       ///< its opening
  bool told_open = false;  ///< what the log has it as
  std::uint32_t told_s = 0;
};

/// VictimState: a victim in an incident.
struct VictimState {
  std::string incident;      ///< id
  std::uint64_t victim = 0;  ///< hash
  Victim::Kind kind = Victim::Kind::device;
  std::string key;
  VictimTable::Entry entry;
  bool gone = false;  ///< it is no longer in it, or not remembered; kind, key and entry say nothing
};

/// Changes: what a store has to write to have the table as it is.
struct Changes {
  std::vector<State> incidents;
  std::vector<VictimState> victims;
};

class IncidentTable {
 public:
  explicit IncidentTable(const Limits& limits = {});

  /// Counts `n` (at least 1) failures of one victim, the last of them at that time.
  ///
  /// A flapping incident does not flood the log: its 1st, 2nd, 3rd, 10th, 100th ... reopening is told, and
  /// any other when the incident's last line is kSayEvery_s old. While one is not told the log has it as
  /// resolved, and it is told with the first failure after that hour.
  Counted failure(const Signature& signature, const Victim& victim, std::uint64_t time_unix_ns,
                  std::uint64_t n = 1);

  /// The victim is well again, in every incident that it is in, unless it failed after that time.
  ///
  /// returns  incidents that this resolved, and that the log has as open
  std::vector<Due> success(const Victim& victim, std::uint64_t time_unix_ns);

  /// Failures turn out to have another cause, or another victim: moves up to `n` of them, with whether that
  /// victim is still failing, so that no count changes but where it stands. A source that has none left is
  /// resolved, with `merged_into`, whether or not it was resolved before. Where the right victim is known to
  /// be well again (it sent the report), success() has to follow.
  ///
  /// times  of the failures to move, oldest first, by which hours are corrected; where there are fewer than
  ///        `n`, the last one stands for the others; where there is none, when the source was last seen
  /// limits first_seen and last_seen of a source that keeps failures do not go back; of a victim that is not
  ///        remembered, its crowd's failures are moved
  Moved move(const Signature& from, const Victim& was, const Signature& to, const Victim& is, std::uint64_t n,
             std::span<const std::uint64_t> times_unix_ns);

  /// From now on what changes is remembered until take_changes().
  void keep_changes() noexcept { keep_changes_ = true; }
  /// All incidents count as changed, for a store that has none; of victims nothing is known but a hash.
  void all_changed();
  /// What has changed since the last call, as it is now.
  Changes take_changes();

  /// Brings an incident back as take_changes() gave it, without its victims. Those that were seen last come
  /// last, since they are forgotten last.
  void restore(const State& state);
  /// Brings back a victim of an incident that was brought back.
  void restore(const State& of, std::uint64_t victim, const VictimTable::Entry& entry);

  /// Calls `see(incident)` with each that is open; it lives until `see` returns.
  template <typename See>
  void for_each_open(See see) const {
    incidents_.for_each([&](std::uint64_t, const Known& known) {
      if (known.open) see(static_cast<const Incident&>(known));
    });
  }

  std::size_t size() const noexcept { return incidents_.size(); }
  std::size_t victims() const noexcept { return victims_.size(); }
  std::uint64_t incidents_forgotten() const noexcept { return incidents_.forgotten(); }
  std::uint64_t victims_forgotten() const noexcept { return victims_.forgotten(); }
  /// Failures that went to a crowd since its victim was not remembered.
  std::uint64_t crowded() const noexcept { return crowded_; }

 private:
  using Known = State;

  /// Pair: an entry that has changed; whose, where that is known.
  struct Pair {
    std::uint64_t victim = 0, incident = 0;
    bool operator==(const Pair&) const = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const noexcept { return pair.victim ^ pair.incident; }
  };
  struct Name {
    Victim::Kind kind = Victim::Kind::device;
    std::string key;
  };

  Known& open(const Signature& signature, std::uint64_t time_unix_ns);
  VictimTable::Entry* entry_of(const Known& incident, std::uint64_t victim) noexcept;
  void lose(std::uint64_t victim, const VictimTable::Entry& entry);
  void add(Known& incident, std::uint64_t victim, std::uint64_t n, std::uint32_t now_s, bool failing,
           Counted& out);
  std::uint64_t take(Known& incident, std::uint64_t victim, std::uint64_t n, bool& failing);
  void note(const Known& incident);
  void note(std::uint64_t victim, const Known& incident, const Victim& is);
  static Step fail(Known& incident, std::uint32_t now_s);
  static bool settle(Known& incident, std::uint32_t now_s);

  std::size_t victims_per_incident_;
  std::uint32_t generations_ = 0;
  std::uint64_t crowded_ = 0;
  fleet::LruMap<std::uint64_t, Known> incidents_;  ///< by the hash of the signature
  VictimTable victims_;
  bool keep_changes_ = false;
  std::unordered_set<std::uint64_t> changed_;  // signatures
  std::unordered_map<Pair, Name, PairHash> changed_victims_;
};

}  // namespace tlswatch::incident
