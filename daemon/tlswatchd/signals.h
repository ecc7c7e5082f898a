#pragma once

#include <chrono>

namespace tlswatch::tlswatchd {

/// Signals takes SIGTERM, SIGINT and SIGHUP through a descriptor, so that a wait ends when one comes and no
/// code runs in a signal handler. SIGPIPE is ignored. Make one before any thread.
class Signals {
 public:
  enum class Kind { none, stop, reload };

  /// Throws std::system_error.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Waits until a signal comes or the time is over.
  Kind wait(std::chrono::milliseconds time) const;

 private:
  int fd_;
};

}  // namespace tlswatch::tlswatchd
