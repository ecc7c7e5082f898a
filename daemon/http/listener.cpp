#include "daemon/http/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tlswatch::http {
namespace {

constexpr int kBacklog = 128;
constexpr int kFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr mode_t kOwnerAndGroup = 0660;

}  // namespace

Listener::~Listener() {
  if (fd_ >= 0) ::close(fd_);
  if (made_) ::unlink(where_.c_str());
}

std::string Listener::trouble() const {
  const int error = errno;
  std::string out = "http cannot listen at " + where_ + ": " + std::strerror(error);
  if (error == EADDRINUSE)
    out += "; end the program that listens there, or name another port in `http: listen`";
  return out;
}

std::optional<std::string> Listener::open() {
  return is_unix() ? open_unix() : open_tcp();
}

std::optional<std::string> Listener::open_unix() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where_.size() >= sizeof address.sun_path)
    return "http cannot listen at " + where_ + ": the path has more than 107 bytes";
  where_.copy(address.sun_path, sizeof address.sun_path - 1);
  const auto* const at = reinterpret_cast<const sockaddr*>(&address);
  fd_ = ::socket(AF_UNIX, kFlags, 0);
  if (fd_ < 0) return trouble();
  struct stat file {};
  if (::stat(where_.c_str(), &file) == 0 && S_ISSOCK(file.st_mode)) {
    if (::connect(fd_, at, sizeof address) == 0) {
      errno = EADDRINUSE;
      return trouble();
    }
    if (errno == ECONNREFUSED) ::unlink(where_.c_str());
    ::close(fd_);
    fd_ = ::socket(AF_UNIX, kFlags, 0);
  }
  if (fd_ < 0 || ::bind(fd_, at, sizeof address) != 0) return trouble();
  made_ = true;
  if (::chmod(where_.c_str(), kOwnerAndGroup) != 0 || ::listen(fd_, kBacklog) != 0) return trouble();
  return std::nullopt;
}

std::optional<std::string> Listener::open_tcp() {
  const std::size_t colon = where_.rfind(':');
  std::string host = where_.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), where_.c_str() + colon + 1, &hints, &found);
  if (error != 0) return "http cannot listen at " + where_ + ": " + ::gai_strerror(error);
  const int on = 1;
  fd_ = ::socket(found->ai_family, kFlags, 0);
  const bool bound = fd_ >= 0 && ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     ::bind(fd_, found->ai_addr, found->ai_addrlen) == 0 && ::listen(fd_, kBacklog) == 0;
  const int reason = errno;
  ::freeaddrinfo(found);
  errno = reason;
  if (!bound) return trouble();
  return std::nullopt;
}

int Listener::accept() const {
  const int client = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  const int on = 1;
  if (client >= 0 && !is_unix()) ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client;
}

}  // namespace tlswatch::http
