#include "tls_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "error.h"
#include "loopback.h"

namespace tlswatch::device_scenarios {
namespace {

using harness::loopback;
using harness::send_all;  // who is gone says so by his own reading

constexpr std::size_t kHeader = 5;  // RFC 5246 section 6.2.1

int tcp_socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

// Ends a connection without a reset: all that the other side still says is read first.
void part(int fd) {
  shutdown(fd, SHUT_WR);
  std::array<char, 4096> unread{};
  pollfd wanted{fd, POLLIN, 0};
  const auto deadline = static_cast<int>(harness::kPatience.count());
  while (poll(&wanted, 1, deadline) > 0 && recv(fd, unread.data(), unread.size(), 0) > 0) continue;
  ::close(fd);
}

/// One side's stream, cut into records.
class Direction {
 public:
  Direction(int from, int to, std::optional<RecordPlace> place) : from_(from), to_(to), place_(place) {}

  int from() const { return from_; }
  bool held() const { return held_; }

  /// Reads what is there and passes it on, by whole records; false when the stream has ended.
  bool pass_on() {
    std::array<char, 4096> bytes{};
    const ssize_t n = recv(from_, bytes.data(), bytes.size(), 0);
    if (n <= 0) {
      if (!held_) send_all(to_, pending_);  // the beginning of a record is passed on, too
      return false;
    }
    pending_.append(bytes.data(), static_cast<std::size_t>(n));
    while (!held_ && pending_.size() >= kHeader && pending_.size() >= record_size()) {
      held_ = is_the_place();
      if (held_) return true;
      const std::size_t size = record_size();
      send_all(to_, std::string_view(pending_).substr(0, size));
      pending_.erase(0, size);
    }
    return true;
  }

 private:
  std::size_t record_size() const {
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(pending_[i]); };
    return kHeader + (std::size_t{byte(3)} << 8U | byte(4));
  }

  bool is_the_place() {
    const bool wanted = place_ && pending_[0] == static_cast<char>(place_->type);
    return wanted && ++seen_ == place_->number;
  }

  int from_;
  int to_;
  std::optional<RecordPlace> place_;
  int seen_ = 0;
  bool held_ = false;
  std::string pending_;
};

std::optional<RecordPlace> only_from(From side, const std::optional<RecordPlace>& place) {
  return place && place->from == side ? place : std::nullopt;
}

}  // namespace

TlsProxy::TlsProxy() : listener_(tcp_socket()) {
  const sockaddr_in address = loopback(port());
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 8) != 0 || pipe2(stop_, O_CLOEXEC) != 0) {
    throw harness::Error("the proxy cannot listen on port " + std::to_string(port()) + ": " +
                         std::strerror(errno));
  }
  thread_ = std::thread([this] { serve(); });
}

TlsProxy::~TlsProxy() {
  ::close(stop_[1]);
  thread_.join();
  let_go();
  ::close(stop_[0]);
  ::close(listener_);
}

void TlsProxy::lead_to(std::uint16_t port) {
  const std::lock_guard lock(mutex_);
  target_ = port;
}

void TlsProxy::hold(const RecordPlace& place) {
  const std::lock_guard lock(mutex_);
  place_ = place;
  held_ = false;
}

bool TlsProxy::wait_held(std::chrono::milliseconds deadline) {
  return harness::wait_until(
      [this] {
        const std::lock_guard lock(mutex_);
        return held_;
      },
      deadline);
}

void TlsProxy::let_go() {
  const std::lock_guard lock(mutex_);
  for (const int fd : vanished_) part(fd);
  vanished_.clear();
}

// One connection after the other: a device has only one.
void TlsProxy::serve() {
  for (;;) {
    std::array<pollfd, 2> wanted{{{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    if (poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[1].revents != 0) return;
    const int device = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (device < 0) continue;
    const int broker = tcp_socket();
    const sockaddr_in address = [this] {
      const std::lock_guard lock(mutex_);
      return loopback(target_);
    }();
    if (connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      relay(device, broker);
    } else {
      ::close(broker);
    }
    ::close(device);
  }
}

void TlsProxy::relay(int device, int broker) {
  std::optional<RecordPlace> place;
  {
    const std::lock_guard lock(mutex_);
    place.swap(place_);
  }
  Direction up(device, broker, only_from(From::device, place));
  Direction down(broker, device, only_from(From::broker, place));
  for (bool open = true; open;) {
    std::array<pollfd, 3> wanted{{{device, POLLIN, 0}, {broker, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    if (poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[2].revents != 0) break;
    if (wanted[0].revents != 0) open = up.pass_on();
    if (open && wanted[1].revents != 0) open = down.pass_on();
    const std::lock_guard lock(mutex_);
    held_ = held_ || up.held() || down.held();
  }
  if (!up.held() && !down.held()) return part(broker);
  const std::lock_guard lock(mutex_);
  vanished_.push_back(broker);
}

}  // namespace tlswatch::device_scenarios
