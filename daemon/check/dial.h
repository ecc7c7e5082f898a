#pragma once

#include <netdb.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "daemon/check/target.h"
#include "plugin/wire/result.h"

/// From a name to a TCP connection, each step with a deadline.
namespace tlswatch::check {

using Clock = std::chrono::steady_clock;

/// One address of a target.
struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  std::string text;  ///< numeric, without the port
};

/// Addresses of one name that are tried at most.
inline constexpr std::size_t kMaxAddresses = 8;

/// Why there is no address or no connection: a sentence's tail.
struct DialError {
  std::string why;
  bool timed_out = false;
};

/// Resolves a target. A resolver that is still at it at the deadline is left to itself: getaddrinfo(3) cannot
/// be stopped.
Result<std::vector<Address>, DialError> resolve(const Target& target, Clock::time_point deadline);

/// A socket that closes itself.
class Socket {
 public:
  explicit Socket(int fd) noexcept : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket& operator=(Socket&&) = delete;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// Connects; the socket does not block.
Result<Socket, DialError> dial(const Address& address, Clock::time_point deadline);

/// Waits until a socket can be read (or, with `to_write`, written); false at the deadline.
bool wait_for(int fd, bool to_write, Clock::time_point deadline);

}  // namespace tlswatch::check
