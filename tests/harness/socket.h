// A TCP connection to a listener on 127.0.0.1, with nothing on top.
#pragma once

#include "stream.h"

namespace tlswatch::harness {

class Socket : public Stream {
 public:
  /// Connects. Throws Error where nobody listens.
  explicit Socket(std::uint16_t port);
  ~Socket() override;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  std::uint16_t local_port() const override { return local_port_; }
  bool send(std::string_view bytes) override;
  std::string receive(std::chrono::milliseconds deadline = kPatience) override;
  void close() override;

  /// Waits until the other side has closed or reset the connection, discarding what comes; false at the
  /// deadline.
  bool wait_closed(std::chrono::milliseconds deadline = kPatience);

  /// Ends it by a reset (SO_LINGER 0) instead of a close.
  void reset();

 private:
  int fd_;
  std::uint16_t local_port_ = 0;
};

}  // namespace tlswatch::harness
