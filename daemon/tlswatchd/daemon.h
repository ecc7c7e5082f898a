#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/knowledge.h"
#include "daemon/config/profiles.h"
#include "daemon/metrics/metrics.h"
#include "daemon/store/store.h"
#include "daemon/tlswatchd/feed.h"
#include "daemon/tlswatchd/health.h"
#include "daemon/tlswatchd/live.h"
#include "daemon/tlswatchd/syslog_feed.h"
#include "daemon/tlswatchd/web.h"
#include "daemon/x509/certificate_cache.h"

namespace tlswatch::tlswatchd {

/// Settings: everything that was read from files, checked.
struct Settings {
  config::Config config;
  policy::Profiles profiles;
  diagnose::Knowledge knowledge;
};

/// Reads the configuration and the profiles and knowledge that it names.
Result<Settings, config::Errors> load_settings(const std::string& file, const config::Shipped& shipped);

/// Daemon: all feeds, one log, one thread.
class Daemon {
 public:
  /// `period`: how often a log that cannot be written is tried again, and how old a gauge of the metrics may
  /// be.
  explicit Daemon(Settings settings, std::chrono::milliseconds period = std::chrono::seconds(1));

  /// Opens log, cursors and sockets. Returns what is wrong, or nothing.
  std::optional<std::string> start();

  /// One turn over all feeds; true where there was something to do. Says what changed.
  bool turn();

  /// Before the end: takes what the rings hold now, unless the log cannot be written.
  void drain();

  /// SIGHUP: opens the log anew and takes fresh profiles and knowledge; the old ones where they are wrong.
  void reload();

  /// The page for /metrics: its render() may be called by any thread.
  const metrics::Metrics& metrics() const noexcept { return metrics_; }

 private:
  std::optional<std::string> start_store();
  void finish();
  void say_troubles();
  void open_log_again();
  void take_gauges();
  Tools tools();

  Settings settings_;
  std::chrono::milliseconds period_;
  x509::CertificateCache certificates_;
  event::Pipeline pipeline_;
  log::EventJson json_;
  log::EventFile file_;
  Console console_;
  metrics::Metrics metrics_;
  Health health_;
  Live live_;
  std::unique_ptr<store::Store> store_;  ///< null: not configured
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::unique_ptr<SyslogFeed> syslog_;  ///< null: not configured
  std::string said_trouble_;
  std::chrono::steady_clock::time_point next_try_{};
  std::chrono::steady_clock::time_point next_gauges_{};
  Web web_;  ///< the last member: its threads end first
};

}  // namespace tlswatch::tlswatchd
