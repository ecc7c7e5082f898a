// tlswatchd under test.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files.h"
#include "notify_socket.h"
#include "process.h"

namespace tlswatch::harness {

struct RingSource {
  std::string broker;
  std::filesystem::path ring;
  std::filesystem::path cursor;
};

struct DaemonConfig {
  std::vector<RingSource> brokers;
  std::string level = "debug";        ///< with debug the log has session-start lines
  std::string further = {};           ///< further lines of tlswatch.yaml
  std::filesystem::path folder = {};  ///< of events.json, state.db; default: FOLDER/state
  std::filesystem::path store = {};   ///< default: `folder`/state.db
  std::optional<User> user = {};
  std::optional<std::uint64_t> file_size_limit = {};
  bool measured = false;  ///< its memory is: AddressSanitizer then keeps nothing back of what was freed
};

/// Daemon runs tlswatchd from FOLDER/tlswatch.yaml; it is ready when it has told its service manager so.
class Daemon {
 public:
  /// Throws Error, with its messages, where it does not get ready.
  Daemon(const TempDir& folder, DaemonConfig config);
  /// Kills it, unless it was stopped.
  ~Daemon() = default;

  const std::filesystem::path& events() const { return events_; }
  std::string messages() const { return read_file(messages_); }
  bool alive() { return process_->alive(); }
  pid_t pid() const { return process_->pid(); }

  /// SIGTERM: it drains the ring and ends. Fails the test where it does not end with status 0 or a sanitizer
  /// has complained.
  void stop();
  /// SIGKILL.
  void kill();

 private:
  std::filesystem::path events_;
  std::filesystem::path messages_;
  NotifySocket notify_;
  std::unique_ptr<Process> process_;
};

/// Makes FOLDER/state, the daemon's own folder, as `user` or the tests' own user. Once per folder.
void make_state_folder(const TempDir& folder, std::optional<User> user = std::nullopt);

}  // namespace tlswatch::harness
