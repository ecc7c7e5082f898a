#include "broker.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "error.h"
#include "paths.h"
#include "sanitizer.h"

namespace tlswatch::harness {
namespace {

void add_lines(std::string& text, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) text += line + "\n";
}

}  // namespace

std::string broker_version() {
  static const std::string version = [] {
    constexpr std::string_view kBefore = "mosquitto version ";
    const std::string help = run({broker_program(), "-h"}).out;
    const std::size_t at = help.find(kBefore);
    if (at == std::string::npos) throw Error("no Mosquitto: " + broker_program());
    const std::size_t start = at + kBefore.size();
    return help.substr(start, help.find_first_of(" \n", start) - start);
  }();
  return version;
}

bool broker_is_2_1() {
  return !broker_version().starts_with("2.0.");
}

Broker::Broker(const TempDir& folder, BrokerConfig config, std::string name) : config_(std::move(config)) {
  const User user = broker_user();
  const auto home = folder.make(name, user.uid, user.gid);
  if (config_.ring.empty()) {
    if (!std::filesystem::exists(folder / "ring")) folder.make("ring", user.uid, user.gid);
    config_.ring = folder / "ring" / (name + ".ring");
  }
  if (config_.cursor.empty()) config_.cursor = folder / "state" / (name + ".cursor");
  ports_ = std::vector<PortLease>(config_.listeners.size());
  if (config_.plugin) {
    // A copy, since the build tree may lie where the broker's user cannot look.
    plugin_ = home / "mosquitto_tlswatch.so";
    std::filesystem::copy_file(plugin_library(), plugin_);
  }
  write_file(home / "mosquitto.conf", configuration());
  log_ = home / "mosquitto.log";
  process_ = std::make_unique<Process>(Command{.argv = {broker_program(), "-c", home / "mosquitto.conf"},
                                               .environment = sanitizer_environment_for_broker(),
                                               .output = log_,
                                               .errors = log_,
                                               .user = am_root() ? std::optional<User>(user) : std::nullopt});
  const auto running = [this] { return log().find(" running\n") != std::string::npos; };
  if (!wait_until([&] { return running() || !alive(); }) || !running()) {
    throw Error("the broker does not come up; it says:\n" + log());
  }
}

Broker::~Broker() {
  if (process_ != nullptr) stop();
}

std::string Broker::configuration() const {
  std::string plugin_lines;
  if (config_.plugin) {
    const bool apart = config_.per_listener_settings && broker_is_2_1();
    plugin_lines = (apart ? "global_plugin " : "plugin ") + plugin_.string() + "\nplugin_opt_ring " +
                   config_.ring.string() + "\nplugin_opt_cursor " + config_.cursor.string() + "\n";
    add_lines(plugin_lines, config_.plugin_options);
  }
  // On 2.0 with per-listener settings a plugin line belongs to the listener above it; without a listener
  // above it it would open one more on port 1883.
  const bool below_listener = config_.per_listener_settings && !broker_is_2_1();
  std::string text = "log_dest stderr\nlog_type all\nlog_timestamp false\n";
  if (config_.per_listener_settings) text += "per_listener_settings true\n";
  add_lines(text, config_.global);
  if (!below_listener) text += plugin_lines;
  for (std::size_t i = 0; i < config_.listeners.size(); ++i) {
    text += "listener " + std::to_string(ports_[i].port()) + " " + config_.address + "\n";
    add_lines(text, config_.listeners[i].lines);
    if (below_listener) text += plugin_lines;
  }
  return text;
}

std::vector<std::string> Broker::plugin_log() const {
  std::vector<std::string> found;
  std::istringstream in(log());
  for (std::string line; std::getline(in, line);) {
    if (line.find("tlswatch:") != std::string::npos) found.push_back(line);
  }
  return found;
}

void Broker::stop() {
  // Asked again until it ends: Mosquitto says that it is running before it sets `run = 1` (mosquitto.c), and
  // a signal in between is lost.
  std::optional<int> status;
  wait_until([&] {
    process_->signal(SIGTERM);
    status = process_->wait(1s);
    return status.has_value();
  });
  EXPECT_TRUE(status.has_value()) << "the broker does not end on SIGTERM";
  const std::string said = log();
  EXPECT_EQ(status.value_or(0), 0) << "the broker ended badly; it said:\n" << said;
  EXPECT_EQ(sanitizer_report(said), "");
  process_.reset();
}

void Broker::kill() {
  process_->signal(SIGKILL);
  process_->wait();
  process_.reset();
}

}  // namespace tlswatch::harness
