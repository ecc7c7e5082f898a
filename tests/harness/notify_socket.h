// The other end of sd_notify(3): how a service manager learns that a daemon is ready.
#pragma once

#include <filesystem>
#include <string>

namespace tlswatch::harness {

/// NotifySocket is a datagram socket at a path; what services send there is collected.
class NotifySocket {
 public:
  explicit NotifySocket(const std::filesystem::path& path);
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  /// Whether a message with the line READY=1 has come. Never blocks.
  bool ready();

 private:
  int fd_;
  std::string received_;
};

}  // namespace tlswatch::harness
