#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/core/fleet/device_table.h"
#include "daemon/core/fleet/failure_ledger.h"
#include "daemon/core/fleet/odds.h"

/// Which device was it? daemon/README.md, "Which device it was", has the method and what it was measured at.
namespace tlswatch::fleet {

/// Arrival: a connection as it shows itself before anybody has said a name.
struct Arrival {
  Place place;
  HelloId hello = 0;
  std::uint64_t at_ns = 0;
};

/// Suspect: a device that may be behind a connection.
struct Suspect {
  Device* device = nullptr;  ///< valid until the next connected()
  double share = 0;          ///< the probability that it is
};

struct Suspicion {
  std::vector<Suspect> likeliest;  ///< the likeliest first, at most kMaxSuspects
  double by_odds = 0;              ///< the first one's share before it was corrected
  std::uint8_t file = 0;           ///< and where that is filed
  Crowd crowd;                     ///< all who came into question
};
inline constexpr std::size_t kMaxSuspects = 6;

/// Hellos that came through; the first ones of each broker's fleet, which is few builds.
inline constexpr std::size_t kMaxGoodHellos = 65536;

/// A failure is given to somebody from this share on; below it is nobody's, with candidates.
inline constexpr double kLikely = 0.6;

using Fits = std::function<bool(const Failure&)>;

/// ReportedRow: failures in a row, of one code, that a device reports after it came through.
struct ReportedRow {
  std::uint32_t count = 1;
  std::uint64_t last_from_ns = 0;  ///< the last one was between
  std::uint64_t last_to_ns = 0;    ///< these two
  std::uint64_t at_ns = 0;         ///< as the device tells; 0: it does not know
  bool sharp = false;              ///< the device measured when: seconds count, not its clock
  bool reaches_broker = true;      ///< false: no such failure ever does
  Fits fits;                       ///< whether the code and what the broker saw may be one
};

/// Which failures a row is about.
struct Match {
  std::vector<std::uint64_t> failures;  ///< numbers in the ledger, oldest first; empty: it cannot be said
  std::vector<std::uint64_t> one_of;    ///< where it cannot: the last one is one of these
  bool unseen = false;  ///< surely none: all that the broker saw then is known, and nothing of it fits
};

/// Fleet: devices, their failures, and who is behind a connection that said no name. Not for several threads.
class Fleet {
 public:
  struct Limits {
    std::size_t devices = kMaxDevices;
    std::size_t failures = kMaxFailures;
  };
  Fleet() : Fleet(Limits{}) {}
  explicit Fleet(const Limits& limits) : devices_(limits.devices), ledger_(limits.failures) {}

  /// A session is this client's; `arrival.at_ns` is when its name was told.
  void connected(std::string_view id, const Arrival& arrival);
  void disconnected(std::uint32_t broker, std::string_view id, std::uint64_t at_ns);
  /// Brings back a device that was known before a start; those met last come last.
  void restore(const Device& was);
  /// A good session with this hello was counted before a start: only that is known of it.
  void succeeded(std::uint32_t broker, HelloId hello);
  /// All sessions of a broker are over.
  void stopped(std::uint32_t broker, std::uint64_t at_ns);
  /// The first record of a broker is of this time; later calls are none.
  void knows_since(std::uint32_t broker, std::uint64_t at_ns) {
    if (broker >= since_ns_.size()) since_ns_.resize(broker + 1);
    if (since_ns_[broker] == 0) since_ns_[broker] = at_ns;
  }
  /// Events of a broker are missing up to about this time: what is not in the ledger may have been.
  void lost(std::uint32_t broker, std::uint64_t at_ns) { lost_ns_[broker] = at_ns; }

  /// Who may be behind it.
  Suspicion suspect(const Arrival& arrival);

  /// Whether any client came through with this hello at that broker.
  bool has_succeeded(std::uint32_t broker, HelloId hello) const {
    return hello != 0 && good_hellos_.contains({broker, hello});
  }
  /// Whether the failures without a name that its place has seen may be those of this device, which has just
  /// come through: it was away then, or had never been there.
  bool may_have_failed(std::uint32_t broker, std::string_view id) const;

  /// Remembers a failure; its number in the ledger.
  std::uint64_t failed(Failure failure);
  /// The same for one that its device's state has in it already.
  std::uint64_t recall(Failure failure) { return ledger_.add(std::move(failure)); }

  /// Which failures each row of a device's report is about; rows oldest first, as many answers. Only what
  /// cannot be another's is named:
  /// - all rows at once, where just as many failures fit since the device's last good session as it
  ///   counted, or more where it lives there alone and each row's time is right: another report follows;
  /// - else a row of which one failure alone fits in time, hello and kind, and it was the only one, or the
  ///   device lives there alone with its hello, or they were several. A try of its own may never have reached
  ///   the broker, while a neighbour's did.
  /// Where others with its hello live there, tries must have come one after the other, as one device makes
  /// them. Where it was never met there before, nothing may fit elsewhere at the broker.
  /// Rows that nothing could be said of are remembered as the first ones of what the next report is about.
  std::vector<Match> match(Device& device, const std::vector<ReportedRow>& rows) const;

  /// The failure that something said at a place within this time is about: the only one that fits. For
  /// whoever says so at once, without a name (stock firmware's syslog).
  Match match_at(const Place& place, std::uint64_t from_ns, std::uint64_t to_ns, const Fits& fits) const;

  /// A report has told whose these failures are: they are settled, and teach the odds. Those that it may be
  /// about teach, too: a crowd whose failures come together would else be known by its lone ones only.
  void settle(const Device& device, const Match& match);

  /// The device, or null.
  const Device* find(std::uint32_t broker, std::string_view id) const noexcept {
    return devices_.find(broker, id);
  }
  DeviceTable& devices() noexcept { return devices_; }
  FailureLedger& ledger() noexcept { return ledger_; }

 private:
  /// Whether several devices fail there at the same time.
  bool rushed(const Arrival& arrival) const;
  void learn_naming(const Device& device, const Match& match);
  void learn(const Device& device, const Failure& failure, double weight);
  bool lost_since(std::uint32_t broker, std::uint64_t from_ns) const noexcept;
  bool match_all(const Device& device, const std::vector<ReportedRow>& rows, std::vector<Match>& out) const;
  Match match_one(const Device& device, const ReportedRow& row, std::uint64_t since_ns) const;
  std::vector<std::uint64_t> row_before(const Device& device, const Failure& last, const ReportedRow& row,
                                        std::uint64_t since_ns) const;
  /// Whether one device can have made these tries: none began before the one before had ended.
  bool one_after_the_other(const std::vector<std::uint64_t>& failures) const;
  /// Who else lives at a device's place.
  enum class Company : std::uint8_t { none, other_hellos, same_hello };
  Company company(const Device& device) const;

  DeviceTable devices_;
  FailureLedger ledger_;
  Odds odds_;
  Calibration calibration_;
  std::unordered_map<std::uint32_t, std::uint64_t> lost_ns_;  // by broker
  std::vector<std::uint64_t> since_ns_;                       // of the first record, by broker; 0: none yet
  struct HelloHash {
    std::size_t operator()(const std::pair<std::uint32_t, HelloId>& key) const noexcept {
      return key.second ^ key.first;
    }
  };
  std::unordered_set<std::pair<std::uint32_t, HelloId>, HelloHash> good_hellos_;
};

}  // namespace tlswatch::fleet
