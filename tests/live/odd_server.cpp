#include "odd_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "error.h"
#include "loopback.h"

namespace tlswatch::live {
namespace {

constexpr int kLookAgainMs = 20;  // whether it is over
constexpr int kDripMs = 5;

bool readable(int fd, int timeout_ms) {
  pollfd what{fd, POLLIN, 0};
  return poll(&what, 1, timeout_ms) > 0;
}

/// False once the client has left.
bool discard(int fd) {
  std::array<char, 4096> bytes;
  return recv(fd, bytes.data(), bytes.size(), 0) > 0;
}

void wait_for_leave(int fd, const std::atomic<bool>& over) {
  while (!over) {
    if (readable(fd, kLookAgainMs) && !discard(fd)) return;
  }
}

}  // namespace

OddServer::OddServer(Serve serve) : serve_(std::move(serve)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = harness::loopback(port());
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 8) != 0)
    throw harness::Error("the odd server has no port");
  thread_ = std::thread([this] { run(); });
}

OddServer::~OddServer() {
  over_ = true;
  thread_.join();
  close(listener_);
}

void OddServer::run() {
  while (!over_) {
    if (!readable(listener_, kLookAgainMs)) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    serve_(client, over_);
    close(client);
  }
}

Serve silent() {
  return wait_for_leave;
}

Serve says(std::string bytes) {
  return [bytes = std::move(bytes)](int fd, const std::atomic<bool>& over) {
    harness::send_all(fd, bytes);
    wait_for_leave(fd, over);
  };
}

Serve leaves() {
  return [](int fd, const std::atomic<bool>&) { discard(fd); };
}

Serve resets() {
  return [](int fd, const std::atomic<bool>&) {
    discard(fd);
    const linger now{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  };
}

Serve drips() {
  return [](int fd, const std::atomic<bool>& over) {
    std::string bytes("\x16\x03\x03\x40\x00\x02\x00\x3F\xFC", 9);  // a ServerHello of nearly 16 KB
    while (!over && harness::send_all(fd, bytes)) {
      bytes = std::string(1, '\0');
      if (readable(fd, kDripMs) && !discard(fd)) return;
    }
  };
}

}  // namespace tlswatch::live
