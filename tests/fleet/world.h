#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "counts.h"
#include "ledger.h"
#include "network.h"
#include "options.h"
#include "population.h"
#include "random.h"
#include "record_maker.h"

namespace tlswatch::fleet_sim {

/// World: some days of a fleet and its broker, as a discrete-event simulation. The plugin's records go to
/// `sink` in the order of their times, and who was behind them stands in the ledger before they do.
class World {
 public:
  World(const Options& options, RecordMaker::Sink sink, Ledger& ledger);

  /// Plays the whole run. Once.
  void run();
  const Counts& counts() const noexcept { return counts_; }
  const std::vector<Build>& builds() const noexcept { return builds_; }

 private:
  /// Up to try_failed, what holds only while the device's plans do; the others go their own way.
  enum class What : std::uint8_t {
    connect,
    handshake_done,
    login,
    report,
    drop,
    try_failed,
    identify,
    session_over,
    handshake_failed,
    trouble,
    renew,
    rename,
    restart,
    scan,
    scan_over,
  };
  /// What will happen; `plan` must still be the device's when it does.
  struct Next {
    std::uint64_t at_ns;
    std::uint64_t order;
    What what;
    std::uint8_t detail;  ///< an Ending or a Scan, a truth about a try
    std::uint32_t who;    ///< device, scanner
    std::uint32_t plan;
    std::uint64_t session;
    bool operator<(const Next& other) const noexcept {
      return at_ns != other.at_ns ? at_ns > other.at_ns : order > other.order;
    }
  };
  /// A session that the broker holds.
  struct Held {
    Contact contact;
    std::uint32_t device = kNobody;
    ByteVector own_hello;  ///< an outsider's
    std::string client_id;
    bool identified = false;
    const Failure* failure = nullptr;
    std::uint32_t random_seed = 0;
  };

  void begin();
  void begin_devices();
  void begin_scanners();
  bool cancelled(const Next& next) const noexcept;
  void happen(const Next& next);
  void plan(What what, std::uint32_t who, double in_s, std::uint64_t session = 0, std::uint8_t detail = 0);
  void plan_connect(std::uint32_t device, double in_s);

  // Devices (world_devices.cpp).
  void connect(std::uint32_t device);
  void fail_once(std::uint32_t device);
  void handshake_failed(std::uint64_t session, bool unnoticed);
  void try_failed(std::uint32_t device, bool seen);
  void handshake_done(std::uint64_t session, std::uint32_t device);
  void login(std::uint64_t session, std::uint32_t device);
  void identify(std::uint64_t session);
  void report(std::uint64_t session, std::uint32_t device);
  void drop(std::uint32_t device, double back_in_s, Ending ending);
  void lose(std::uint32_t device);
  void session_over(std::uint64_t session, Ending ending);
  void start_trouble(std::uint32_t trouble);
  void renew(std::uint32_t device);
  void rename(std::uint32_t device);

  void restart();
  void scan(std::uint32_t scanner);
  void scan_over(std::uint64_t session, Scan scan);

  Held& open(std::uint32_t device, Peer peer);
  std::span<const std::uint8_t> fresh_hello(const Held& held);
  DeviceMemory& memory(std::uint32_t device);
  std::int64_t now_unix_s() const noexcept;

  /// Scanner: an address that tries things.
  struct Scanner {
    Ip ip = 0;
    std::uint32_t left = 0;
  };

  Options options_;
  Random random_;
  Ledger& ledger_;
  RecordMaker records_;
  std::vector<Build> builds_;
  Network network_;
  std::vector<Device> devices_;
  std::vector<Trouble> troubles_;
  std::vector<Scanner> scanners_;
  std::unordered_map<std::uint64_t, Held> held_;
  std::priority_queue<Next> queue_;
  ByteVector hello_;
  std::uint64_t now_ns_;
  std::uint64_t end_ns_;
  std::uint64_t order_ = 0;
  std::uint64_t last_session_ = 0;
  Counts counts_;
};

}  // namespace tlswatch::fleet_sim
