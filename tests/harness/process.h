// Child processes: the broker, the daemon, the clients.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "users.h"
#include "wait.h"

namespace tlswatch::harness {

/// What to start, and how.
struct Command {
  std::vector<std::string> argv;                        ///< argv[0] is looked up in PATH
  std::map<std::string, std::string> environment = {};  ///< added to the environment of the tests
  std::filesystem::path output = {};  ///< takes stdout and is truncated first; empty: /dev/null
  std::filesystem::path errors = {};  ///< the same for stderr
  std::optional<User> user = {};      ///< with its one group only; default: as the tests
  std::optional<std::uint64_t> file_size_limit = {};  ///< RLIMIT_FSIZE in bytes; SIGXFSZ is ignored then
};

/// Process is one running child; its end is certain: the destructor kills and reaps it, and the kernel kills
/// it when the thread that started it dies (PR_SET_PDEATHSIG: start long-lived ones from the test's own
/// thread).
class Process {
 public:
  /// Starts it. Throws Error where fork or exec fails (a missing program is an error here, not a status 127).
  explicit Process(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool alive();
  void signal(int number);

  /// Writes to its stdin; a child that has gone is no error.
  void send(std::string_view bytes);
  void close_stdin();

  /// Waits for its end.
  /// returns  exit status, or -N where signal N ended it; nothing when it still runs at the deadline
  std::optional<int> wait(std::chrono::milliseconds deadline = kPatience);

 private:
  pid_t pid_ = -1;
  int stdin_ = -1;
  std::optional<int> status_;
};

/// Output of a program that ran to its end.
struct Finished {
  int status;  ///< as Process::wait
  std::string out;
  std::string err;
};

/// Runs `argv` to its end, its input empty. Throws Error at the deadline.
Finished run(const std::vector<std::string>& argv, const std::map<std::string, std::string>& environment = {},
             std::chrono::milliseconds deadline = kPatience);

}  // namespace tlswatch::harness
