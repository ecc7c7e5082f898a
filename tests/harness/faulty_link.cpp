#include "faulty_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "error.h"
#include "loopback.h"

namespace tlswatch::harness {
namespace {

constexpr int kLookAgainMs = 50;  // whether it is over
constexpr std::size_t kHeader = 5;

void reset(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/// One direction: cuts what comes into records (RFC 8446 section 5.1) and passes on whole ones.
class Direction {
 public:
  Direction(int from, int to, const LinkFault* fault) : from_(from), to_(to), fault_(fault) {}

  enum class Outcome : std::uint8_t { goes_on, ended, reset };

  /// Reads once, and passes on what is complete.
  Outcome step() {
    std::array<char, 4096> bytes;
    const ssize_t n = recv(from_, bytes.data(), bytes.size(), 0);
    if (n < 0) return Outcome::reset;
    if (n == 0) {
      if (!stalled_) send_all(to_, held_);
      shutdown(to_, SHUT_WR);
      return Outcome::ended;
    }
    held_.append(bytes.data(), static_cast<std::size_t>(n));
    while (held_.size() >= kHeader && held_.size() >= record_size()) {
      if (!pass_record()) return Outcome::reset;
    }
    return Outcome::goes_on;
  }

 private:
  std::size_t record_size() const {
    const auto byte = [this](std::size_t at) { return static_cast<std::uint8_t>(held_[at]); };
    return kHeader + (std::size_t{byte(3)} << 8U) + byte(4);
  }

  bool pass_record() {
    std::string record = held_.substr(0, record_size());
    held_.erase(0, record.size());
    if (fault_ != nullptr && ++seen_ == fault_->record) {
      if (fault_->kind == LinkFault::Kind::reset) return false;
      if (fault_->kind == LinkFault::Kind::corrupt) record.back() = static_cast<char>(record.back() ^ 1);
      if (fault_->kind == LinkFault::Kind::stall) stalled_ = true;
    }
    return stalled_ || send_all(to_, record);
  }

  int from_;
  int to_;
  const LinkFault* fault_;  // nullptr: not in this direction
  std::string held_;
  int seen_ = 0;
  bool stalled_ = false;
};

}  // namespace

FaultyLink::FaultyLink(std::uint16_t to, LinkFault fault) : to_(to), fault_(fault) {
  if (fault_.kind == LinkFault::Kind::refuse) return;
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(lease_.port());
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 8) != 0)
    throw Error("the faulty link has no port");
  thread_ = std::thread([this] { serve(); });
}

FaultyLink::~FaultyLink() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
  if (listener_ >= 0) close(listener_);
}

void FaultyLink::serve() {
  while (!over_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kLookAgainMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int broker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(to_);
    if (connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      relay(client, broker);
    close(client);
    close(broker);
  }
}

void FaultyLink::relay(int client, int broker) {
  const int yes = 1;
  for (const int fd : {client, broker}) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  Direction up(client, broker, fault_.from_client ? &fault_ : nullptr);
  Direction down(broker, client, fault_.from_client ? nullptr : &fault_);
  bool up_open = true;
  bool down_open = true;
  while (!over_ && (up_open || down_open)) {
    std::array<pollfd, 2> waiting{{{up_open ? client : -1, POLLIN, 0}, {down_open ? broker : -1, POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), kLookAgainMs) <= 0) continue;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      const Direction::Outcome outcome = i == 0 ? up.step() : down.step();
      if (outcome == Direction::Outcome::ended) (i == 0 ? up_open : down_open) = false;
      if (outcome == Direction::Outcome::reset) {
        reset(client);
        reset(broker);
        return;
      }
    }
  }
}

}  // namespace tlswatch::harness
