// A real Mosquitto with our plugin.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "files.h"
#include "ports.h"
#include "process.h"

namespace tlswatch::harness {

/// One listener: a name for the tests, and what follows its `listener PORT 127.0.0.1`, in mosquitto.conf's
/// words.
struct Listener {
  std::string name;
  std::vector<std::string> lines = {};
};

struct BrokerConfig {
  std::string address = "127.0.0.1";     ///< where all its listeners are
  std::vector<std::string> global = {};  ///< lines before the first listener
  std::vector<Listener> listeners = {};
  bool per_listener_settings = false;
  bool plugin = true;
  std::filesystem::path ring = {};               ///< default: FOLDER/ring/NAME.ring
  std::filesystem::path cursor = {};             ///< default: FOLDER/state/NAME.cursor
  std::vector<std::string> plugin_options = {};  ///< further lines, such as "plugin_opt_ring_size 65536"
};

/// The broker's version as it says itself, such as "2.0.11".
std::string broker_version();

/// Whether the broker of these tests is Mosquitto 2.1 or later: it wants `global_plugin` with per-listener
/// settings.
bool broker_is_2_1();

/// Broker runs one in the foreground, as broker_user(), from mosquitto.conf in FOLDER/NAME; its log is
/// stderr.
///
/// It is up when its log says so. Nobody knocks at its ports to find out: on 2.0 a mere TCP connection to a
/// TLS listener already is a session that the plugin sees.
class Broker {
 public:
  /// Throws Error, with its log, where it does not come up.
  Broker(const TempDir& folder, BrokerConfig config, std::string name = "broker");
  /// Stops it, unless stop() was called.
  ~Broker();

  std::uint16_t port(std::size_t listener = 0) const { return ports_.at(listener).port(); }
  const std::vector<Listener>& listeners() const { return config_.listeners; }
  const std::filesystem::path& ring() const { return config_.ring; }
  const std::filesystem::path& cursor() const { return config_.cursor; }
  bool alive() { return process_->alive(); }
  pid_t pid() const { return process_->pid(); }
  void signal(int number) { process_->signal(number); }

  std::string log() const { return read_file(log_); }
  const std::filesystem::path& log_file() const { return log_; }
  /// Lines of its log that speak of the plugin.
  std::vector<std::string> plugin_log() const;

  /// Asks it to end, and fails the test where it does not end with status 0 or a sanitizer has complained.
  void stop();
  /// SIGKILL.
  void kill();

 private:
  std::string configuration() const;

  BrokerConfig config_;
  std::vector<PortLease> ports_;
  std::filesystem::path log_;
  std::filesystem::path plugin_;
  std::unique_ptr<Process> process_;
};

}  // namespace tlswatch::harness
