// What all stacks need of this host: a socket, and a clock that can be wrong.
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

#include "stack.h"

namespace {

// 0: the clock is right.
std::atomic<std::int64_t> offset_s{0};

std::int64_t real_time_s() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

}  // namespace

// In the place of the C library's: mbedTLS and wolfSSL, as Debian builds them, ask nobody else for the time.
extern "C" time_t time(time_t* out) noexcept {
  const time_t now = real_time_s() + offset_s;
  if (out != nullptr) *out = now;
  return now;
}

namespace tlswatch::scenarios {

void set_clock(std::int64_t unix_s) {
  offset_s = unix_s - real_time_s();
}

void hear_out(int fd) {
  std::array<char, 4096> bytes;
  shutdown(fd, SHUT_WR);
  pollfd waiting{fd, POLLIN, 0};
  while (poll(&waiting, 1, 1000) > 0 && recv(fd, bytes.data(), bytes.size(), 0) > 0) {
  }
}

int tcp_connect(const StackOptions& options) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(options.host.c_str(), std::to_string(options.port).c_str(), &hints, &found) != 0) return -1;
  const int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  const timeval limit{options.timeout_ms / 1000, static_cast<suseconds_t>(options.timeout_ms % 1000) * 1000};
  for (const int direction : {SO_RCVTIMEO, SO_SNDTIMEO})
    setsockopt(fd, SOL_SOCKET, direction, &limit, sizeof limit);
  const bool connected = fd >= 0 && ::connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (connected) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

}  // namespace tlswatch::scenarios
