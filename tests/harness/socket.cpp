#include "socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "error.h"
#include "loopback.h"

namespace tlswatch::harness {
namespace {

bool readable(int fd, std::chrono::milliseconds deadline) {
  pollfd wanted{fd, POLLIN, 0};
  return poll(&wanted, 1, static_cast<int>(deadline.count())) > 0;
}

}  // namespace

Socket::Socket(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(port);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const std::string reason = std::strerror(errno);
    ::close(fd_);
    throw Error("cannot connect to port " + std::to_string(port) + ": " + reason);
  }
  socklen_t size = sizeof address;
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  local_port_ = ntohs(address.sin_port);
  const int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Socket::~Socket() {
  close();
}

bool Socket::send(std::string_view bytes) {
  return send_all(fd_, bytes);
}

std::string Socket::receive(std::chrono::milliseconds deadline) {
  std::array<char, 4096> buffer{};
  if (!readable(fd_, deadline)) return {};
  const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
  return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
}

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool Socket::wait_closed(std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::array<char, 4096> buffer{};
  for (auto now = std::chrono::steady_clock::now(); now < end; now = std::chrono::steady_clock::now()) {
    if (!readable(fd_, std::chrono::ceil<std::chrono::milliseconds>(end - now))) return false;
    if (recv(fd_, buffer.data(), buffer.size(), 0) <= 0) return true;
  }
  return false;
}

void Socket::reset() {
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

}  // namespace tlswatch::harness
