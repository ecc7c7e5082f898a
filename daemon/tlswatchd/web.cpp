#include "daemon/tlswatchd/web.h"

#include <chrono>

namespace tlswatch::tlswatchd {
namespace {

std::uint64_t now_unix_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace

Web::Web(const config::Config& config, const metrics::Metrics& metrics, const Health& health) {
  if (!config.http) return;
  http::ServerSettings settings{
      config.http->listen, config.http->token_file, config.http->certificate, config.http->key, {}};
  http::Facts& facts = settings.facts;
  facts.store = config.store.value_or("");
  facts.version = TLSWATCH_VERSION;
  for (const config::BrokerConfig& broker : config.brokers) facts.brokers.push_back(broker.name);
  facts.metrics = [&metrics] { return metrics.render(); };
  facts.trouble = [&health] { return health.trouble(); };
  facts.fixes = [this] {
    const std::lock_guard lock(mutex_);
    return fixes_;
  };
  facts.now_unix_ns = now_unix_ns;
  server_ = std::make_unique<http::Server>(std::move(settings));
}

std::optional<std::string> Web::start() {
  return server_ ? server_->start() : std::nullopt;
}

std::optional<std::string> Web::reload() {
  return server_ ? server_->reload() : std::nullopt;
}

void Web::take(const diagnose::Knowledge& knowledge) {
  auto fixes = std::make_shared<const view::FixByCause>(view::fix_by_cause(knowledge));
  const std::lock_guard lock(mutex_);
  fixes_ = std::move(fixes);
}

}  // namespace tlswatch::tlswatchd
