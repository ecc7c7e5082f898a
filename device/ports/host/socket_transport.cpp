#include "socket_transport.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <memory>
#include <string>

namespace tlswatch::device::host {
namespace {

SocketTransport& self(void* context) {
  return *static_cast<SocketTransport*>(context);
}

// Waits for one event; false when the time is over. Errors count as ready: the call after it tells which.
bool wait_for(int fd, short events, std::uint32_t timeout_ms) {
  const std::uint32_t start = monotonic_ms();
  for (;;) {
    const std::uint32_t passed = monotonic_ms() - start;
    const std::uint32_t left = passed < timeout_ms ? timeout_ms - passed : 0;
    pollfd descriptor = {fd, events, 0};
    const int ready = ::poll(&descriptor, 1, left > INT_MAX ? INT_MAX : static_cast<int>(left));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;
  }
}

int connect_one(const addrinfo& address, std::uint32_t timeout_ms) {
  const int fd =
      ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
  if (fd < 0) return -1;
  const int started = ::connect(fd, address.ai_addr, address.ai_addrlen);
  int error = started == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    socklen_t size = sizeof error;
    if (!wait_for(fd, POLLOUT, timeout_ms))
      error = ETIMEDOUT;
    else if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
      error = errno;
  }
  if (error != 0) {
    ::close(fd);
    return -1;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
               sizeof on);  // a handshake of small records has no use for Nagle
  return fd;
}

// A server that never stops sending does not keep the device from closing.
constexpr int kUnreadTurns = 16;

}  // namespace

std::uint32_t monotonic_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

bool kernel_random(void* bytes, std::size_t n) {
  return ::getrandom(bytes, n, 0) == static_cast<ssize_t>(n);
}

Transport SocketTransport::port() {
  Transport port = {};
  port.context = this;
  port.connect = [](void* context, const char* host, std::uint16_t number, std::uint32_t timeout_ms) {
    return self(context).connect(host, number, timeout_ms);
  };
  port.read = [](void* context, std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) {
    return self(context).read(bytes, n, timeout_ms);
  };
  port.write = [](void* context, const std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) {
    return self(context).write(bytes, n, timeout_ms);
  };
  port.close = [](void* context) { self(context).close(); };
  port.now_ms = [](void*) { return monotonic_ms(); };
  port.entropy = [](void*, std::uint8_t* bytes, std::size_t n) { return kernel_random(bytes, n); };
  return port;
}

ConnectResult SocketTransport::connect(const char* host, std::uint16_t port, std::uint32_t timeout_ms) {
  close();
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int resolved = ::getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
  if (resolved != 0 || found == nullptr) return ConnectResult::dns_failed;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  const std::uint32_t start = monotonic_ms();
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const std::uint32_t passed = monotonic_ms() - start;
    if (passed >= timeout_ms) break;
    fd_ = connect_one(*address, timeout_ms - passed);
    if (fd_ >= 0) return ConnectResult::ok;
  }
  return ConnectResult::tcp_failed;
}

int SocketTransport::read(std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) const {
  for (;;) {
    const ssize_t got = ::recv(fd_, bytes, n > INT_MAX ? INT_MAX : n, 0);
    if (got > 0) return static_cast<int>(got);
    if (got == 0) return kTransportClosed;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return kTransportClosed;
    if (!wait_for(fd_, POLLIN, timeout_ms)) return kTransportTimeout;
    timeout_ms = 0;  // ready means that the next recv answers
  }
}

int SocketTransport::write(const std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) const {
  for (;;) {
    const ssize_t sent = ::send(fd_, bytes, n > INT_MAX ? INT_MAX : n, MSG_NOSIGNAL);
    if (sent > 0) return static_cast<int>(sent);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return kTransportClosed;
    if (!wait_for(fd_, POLLOUT, timeout_ms)) return kTransportTimeout;
    timeout_ms = 0;
  }
}

// What has come but was not read any more is taken first: closing over it makes the kernel send a reset, and
// a broker would see a broken connection where a device has said no.
void SocketTransport::close() {
  if (fd_ < 0) return;
  std::uint8_t unread[4096];
  for (int turn = 0; turn < kUnreadTurns; ++turn) {
    if (::recv(fd_, unread, sizeof unread, MSG_DONTWAIT) <= 0) break;
  }
  ::close(fd_);
  fd_ = -1;
}

}  // namespace tlswatch::device::host
