#include "daemon/check/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace tlswatch::check {
namespace {

struct Resolved {
  int error = 0;
  std::vector<Address> addresses;
};

Resolved ask_resolver(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  Resolved out;
  out.error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  // AI_ADDRCONFIG hides loopback addresses on a host without a network.
  if (out.error == EAI_NONAME || out.error == EAI_ADDRFAMILY) {
    hints.ai_flags = AI_NUMERICSERV;
    out.error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  }
  if (out.error != 0) return out;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  for (const addrinfo* at = found; at != nullptr && out.addresses.size() < kMaxAddresses; at = at->ai_next) {
    Address address;
    address.size = std::min<socklen_t>(at->ai_addrlen, sizeof address.bytes);
    std::memcpy(&address.bytes, at->ai_addr, address.size);
    char text[NI_MAXHOST] = {};
    getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    address.text = text;
    out.addresses.push_back(std::move(address));
  }
  return out;
}

DialError of_errno(int error) {
  return {std::strerror(error), error == ETIMEDOUT};
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Result<std::vector<Address>, DialError> resolve(const Target& target, Clock::time_point deadline) {
  std::packaged_task<Resolved()> task(
      [host = target.host, port = std::to_string(target.port)] { return ask_resolver(host, port); });
  std::future<Resolved> answer = task.get_future();
  std::thread(std::move(task)).detach();
  // An answer behind the deadline is none, also where it is there before anybody has waited.
  if (answer.wait_until(deadline) != std::future_status::ready || Clock::now() >= deadline)
    return DialError{"the resolver did not answer in time", true};
  Resolved resolved = answer.get();
  if (resolved.error != 0) return DialError{gai_strerror(resolved.error)};
  return std::move(resolved.addresses);
}

bool wait_for(int fd, bool to_write, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd what{fd, static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
    const int ready = poll(&what, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

Result<Socket, DialError> dial(const Address& address, Clock::time_point deadline) {
  Socket out(socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (out.fd() < 0) return of_errno(errno);
  const int yes = 1;  // each flight of a handshake goes out at once
  setsockopt(out.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(out.fd(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0) return out;
  if (errno != EINPROGRESS) return of_errno(errno);
  if (!wait_for(out.fd(), true, deadline)) return DialError{"no answer in time", true};
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(out.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return of_errno(error);
  return out;
}

}  // namespace tlswatch::check
