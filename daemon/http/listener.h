#pragma once

#include <optional>
#include <string>

namespace tlswatch::http {

/// Listener: where clients come. "127.0.0.1:9883", "[::1]:9883", or the path of a Unix socket, which begins
/// with a slash.
class Listener {
 public:
  explicit Listener(std::string where) : where_(std::move(where)) {}
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// What is wrong, with the remedy, or nothing. A Unix socket that nobody listens at any more is replaced.
  std::optional<std::string> open();

  bool is_unix() const noexcept { return where_.starts_with('/'); }
  int fd() const noexcept { return fd_; }
  /// The next client's descriptor, which never blocks; -1: none is waiting.
  int accept() const;

 private:
  std::optional<std::string> open_unix();
  std::optional<std::string> open_tcp();
  std::string trouble() const;

  std::string where_;
  int fd_ = -1;
  bool made_ = false;  ///< the Unix socket's file is ours
};

}  // namespace tlswatch::http
