#include "stage.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "key_fingerprint.h"
#include "session_lines.h"

namespace tlswatch::device_scenarios {
namespace {

struct ServerRow {
  Server server;
  const char* name;
  const char* certificate;  // of the Pki
  const char* authority;
  std::vector<std::string> extra;  // lines of mosquitto.conf
};
const ServerRow kServers[] = {
    {Server::good, "good", "server", "ca", {}},
    {Server::other_ca, "other_ca", "server-other-ca", "ca-other", {}},
    {Server::expired, "expired", "server-expired", "ca", {}},
    {Server::rsa4096, "rsa4096", "server-rsa4096", "ca", {}},
    {Server::ec, "ec", "server-ec", "ca-ec", {}},
    {Server::tls13_only, "tls13_only", "server", "ca", {"tls_version tlsv1.3"}},
    {Server::mutual, "mutual", "server", "ca", {"require_certificate true"}},
};

const ServerRow& row(Server server) {
  return kServers[static_cast<std::size_t>(server)];
}

bool is_one_of(const std::string& line, std::string_view wanted) {
  constexpr std::string_view kOr = " or ";
  for (std::size_t end; (end = wanted.find(kOr)) != std::string_view::npos;
       wanted.remove_prefix(end + kOr.size()))
    if (line == wanted.substr(0, end)) return true;
  return line == wanted;
}

/// What was seen, and where several lines would do, what was wanted in the place of the one that was seen.
std::vector<std::string> as_wanted(std::vector<std::string> seen, const std::vector<std::string>& wanted) {
  for (std::size_t i = 0; i < std::min(seen.size(), wanted.size()); ++i)
    if (is_one_of(seen[i], wanted[i])) seen[i] = wanted[i];
  return seen;
}

}  // namespace

Stage::Stage() : pki_(folder_ / "pki"), log_(folder_ / "state" / "events.json") {
  harness::make_state_folder(folder_);
  broker_ = start_broker("broker");
  daemon_ = std::make_unique<harness::Daemon>(
      folder_, harness::DaemonConfig{.brokers = {{"test", broker_->ring(), broker_->cursor()}}});
}

std::unique_ptr<harness::Broker> Stage::start_broker(const std::string& name) const {
  harness::BrokerConfig config{.global = {"allow_anonymous true"},
                               .ring = broker_ ? broker_->ring() : std::filesystem::path(),
                               .cursor = broker_ ? broker_->cursor() : std::filesystem::path(),
                               .plugin_options = {"plugin_opt_ring_size 1048576"}};
  for (const ServerRow& server : kServers) {
    std::vector<std::string> lines = server.extra;
    lines.push_back("certfile " + pki_.certificate(server.certificate));
    lines.push_back("keyfile " + pki_.key(server.certificate));
    lines.push_back("cafile " + pki_.certificate("ca"));
    config.listeners.push_back({server.name, lines});
  }
  return std::make_unique<harness::Broker>(folder_, config, name);
}

void Stage::restart_broker() {
  broker_->stop();
  broker_ = start_broker("broker-again");
}

std::string Stage::cafile(Server server) const {
  return pki_.certificate(row(server).authority);
}

std::string Stage::fingerprint(Server server) const {
  return harness::key_fingerprint(pki_.certificate(row(server).certificate));
}

void Stage::expect_session(std::size_t n, const std::vector<std::string>& lines) {
  std::vector<std::string> seen;
  log_.wait_for([&](const std::vector<harness::Event>& events) {
    const auto sessions = session_lines(events, eras_);
    if (sessions.size() > n) seen = sessions[n];
    return seen.size() >= lines.size() && sessions.size() > n;
  });
  EXPECT_EQ(as_wanted(seen, lines), lines) << "session " << n << "; the broker says:\n" << broker_->log();
  expected_[n] = lines;
}

const std::vector<harness::Event>& Stage::end() {
  broker_->stop();
  daemon_->stop();
  const std::vector<harness::Event>& events = log_.read();
  EXPECT_EQ(log_.torn_tail(), "");
  return events;
}

void Stage::expect_no_more() {
  const auto sessions = session_lines(end(), eras_);
  EXPECT_EQ(sessions.size(), expected_.size());
  for (const auto& [n, lines] : expected_) {
    if (n >= sessions.size()) break;
    EXPECT_EQ(as_wanted(sessions[n], lines), lines) << "session " << n;
  }
}

}  // namespace tlswatch::device_scenarios
