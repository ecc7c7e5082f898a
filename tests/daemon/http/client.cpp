#include "http/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace tlswatch::test {
namespace {

constexpr int kPatienceMs = 20'000;

}  // namespace

Client::Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("nobody listens at " + path);
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // what the server says of it is what a test looks at
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool Client::receive() {
  pollfd look{fd_, POLLIN, 0};
  if (::poll(&look, 1, kPatienceMs) <= 0) throw std::runtime_error("nothing came");
  std::array<char, 65536> piece;
  const ssize_t n = ::recv(fd_, piece.data(), piece.size(), 0);
  if (n > 0) in_.append(piece.data(), static_cast<std::size_t>(n));
  return n > 0;
}

Client::Response Client::response() {
  Response out;
  std::size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return out;
  }
  out.head = in_.substr(0, end + 4);
  in_.erase(0, end + 4);
  out.status = std::atoi(out.head.c_str() + std::string_view("HTTP/1.1 ").size());
  const std::size_t length = out.head.find("Content-Length: ");
  const std::size_t size =
      length == std::string::npos ? 0 : std::strtoul(out.head.c_str() + length + 16, nullptr, 10);
  while (in_.size() < size && receive()) {
  }
  out.body = in_.substr(0, size);
  in_.erase(0, out.body.size());
  return out;
}

bool Client::receive_until(std::string_view text) {
  std::size_t at = 0;
  while ((at = in_.find(text)) == std::string::npos) {
    if (!receive()) return false;
  }
  in_.erase(0, at + text.size());
  return true;
}

bool Client::closed() {
  while (receive()) in_.clear();
  return true;
}

}  // namespace tlswatch::test
