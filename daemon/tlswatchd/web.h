#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/config/config.h"
#include "daemon/core/diagnose/knowledge.h"
#include "daemon/http/server.h"
#include "daemon/metrics/metrics.h"
#include "daemon/tlswatchd/health.h"

namespace tlswatch::tlswatchd {

/// Web: the daemon's HTTP listener, with what it tells of the daemon. Nothing where none is configured.
class Web {
 public:
  /// `metrics` and `health` outlive it.
  Web(const config::Config& config, const metrics::Metrics& metrics, const Health& health);

  /// What is wrong, with the remedy, or nothing.
  std::optional<std::string> start();
  /// SIGHUP: token and certificate are read again.
  std::optional<std::string> reload();
  /// What to do about causes, by a fresh knowledge.
  void take(const diagnose::Knowledge& knowledge);

  /// Null: none is configured.
  http::EventHub* events() noexcept { return server_ ? &server_->events() : nullptr; }

 private:
  std::mutex mutex_;
  std::shared_ptr<const view::FixByCause> fixes_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace tlswatch::tlswatchd
