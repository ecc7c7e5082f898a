#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/diagnose/kept_symptoms.h"
#include "daemon/core/fleet/odds.h"
#include "daemon/core/fleet/place.h"
#include "daemon/core/fleet/session_table.h"

namespace tlswatch::fleet {

/// Failures remembered over all brokers, waiting for somebody to say whose they are; above it the oldest
/// goes.
inline constexpr std::size_t kMaxFailures = 65536;
/// Failures of one place that a report's are looked for in: the latest.
inline constexpr std::size_t kMaxLookedAt = 4096;

/// Whose a failure is known to be.
enum class Standing : std::uint8_t {
  open,      ///< not known; `thought` may say who is likely
  own,       ///< of the client `thought`, by the session's own CONNECT
  reported,  ///< a report has claimed it
};

/// CountedAs: how a failure was counted, so that a report can have it counted otherwise.
struct CountedAs {
  std::string cause;  ///< empty: it was not
  std::string profile, subject, victim;
  std::uint16_t port = 0;
  bool victim_is_device = false;
  bool operator==(const CountedAs&) const = default;
};

/// Failure: one session that went wrong, as the broker saw it.
struct Failure {
  SessionKey session;
  Place place;
  HelloId hello = 0;
  std::uint64_t from_ns = 0, to_ns = 0;  ///< when it began and ended, by the broker's clock
  diagnose::KeptSymptoms symptoms;
  Standing standing = Standing::open;
  std::string thought;    ///< client id; empty: nobody's in particular
  Crowd crowd;            ///< whose it may have been
  std::uint8_t how = 0;   ///< the caller's: how `thought` is known
  bool inferred = false;  ///< `thought` is the first suspect
  std::uint8_t file = 0;  ///< where that naming is filed
  double by_odds = 1;     ///< how sure the odds were of it
  double confidence = 0;  ///< in `thought`
  CountedAs counted;
};

/// FailureLedger keeps failures in the order of their ends. Numbers name them: they grow, and one that was
/// dropped is never given again.
class FailureLedger {
 public:
  explicit FailureLedger(std::size_t limit = kMaxFailures) : limit_(limit) {}

  /// Adds a failure; its number.
  std::uint64_t add(Failure failure);
  /// The failure, or null where it has been dropped.
  Failure* find(std::uint64_t number) noexcept;
  const Failure* find(std::uint64_t number) const noexcept;

  /// Numbers of the failures at a broker that ended at `from_ns` or later, oldest first, at most kMaxLookedAt
  /// of the latest; `complete` says whether these are all.
  struct Found {
    std::vector<std::uint64_t> numbers;
    bool complete = true;
  };
  Found since(std::uint32_t broker, std::uint64_t from_ns) const;
  /// The same at one place.
  Found since(const Place& place, std::uint64_t from_ns) const;

  /// When the latest failures with this hello at a place ended, newest first: at most `times.size()`, none
  /// before `from_ns`; how many.
  std::size_t latest(const Place& place, HelloId hello, std::uint64_t from_ns,
                     std::span<std::uint64_t> times) const noexcept;

  std::size_t size() const noexcept { return failures_.size(); }
  std::size_t places() const noexcept { return latest_.size(); }

 private:
  struct Entry {
    Failure failure;
    std::uint64_t before_here = 0;  // number of the one before at this place; 0: none
  };
  const Entry* entry(std::uint64_t number) const noexcept;

  std::size_t limit_;
  std::uint64_t first_ = 1;  // number of the oldest
  std::deque<Entry> failures_;
  std::unordered_map<Place, std::uint64_t, PlaceHash> latest_;  // of each place
};

}  // namespace tlswatch::fleet
