#include "daemon/sources/syslog_source.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/core/wire/address_text.h"

namespace tlswatch::sources {
namespace {

/// As facts::Address: IPv4-mapped ones are IPv4.
facts::Address address_of(const sockaddr_storage& from) noexcept {
  facts::Address out;
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    out.size = 4;
    std::memcpy(out.bytes.data(), &v4.sin_addr, 4);
  } else if (from.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
    out.size = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? 4 : 16;
    std::memcpy(out.bytes.data(), v6.sin6_addr.s6_addr + (16 - out.size), out.size);
  }
  return out;
}

/// "127.0.0.1:5514", "[::]:5514"
void split(const std::string& listen, std::string& host, std::string& port) {
  const std::size_t colon = listen.rfind(':');
  host = listen.substr(0, colon);
  port = listen.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
}

}  // namespace

SyslogSource::~SyslogSource() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::string> SyslogSource::start() {
  std::string host;
  std::string port;
  split(listen_, host, port);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return "syslog cannot listen at " + listen_ + ": " + ::gai_strerror(error);
  }
  fd_ = ::socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  const bool bound = fd_ >= 0 && ::bind(fd_, found->ai_addr, found->ai_addrlen) == 0;
  const std::string reason = std::strerror(errno);
  ::freeaddrinfo(found);
  if (!bound) return "syslog cannot listen at " + listen_ + ": " + reason;
  ::setsockopt(fd_, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);  // without it the kernel's drops stay unknown
  return std::nullopt;
}

/// One datagram, whatever it is; `empty` where there was none.
std::optional<SyslogSource::Datagram> SyslogSource::receive(bool& empty) {
  sockaddr_storage from{};
  iovec part{buffer_.data(), buffer_.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint32_t))];
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t n = ::recvmsg(fd_, &message, 0);
  empty = n < 0;
  if (n < 0) return std::nullopt;
  ++counters_.received;
  for (const cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr;
       c = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(c))) {
    std::uint32_t dropped = 0;
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL) continue;
    std::memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
    counters_.kernel = std::max<std::uint64_t>(counters_.kernel, dropped);
  }
  if (static_cast<std::size_t>(n) > syslog::kMaxDatagram) {
    ++counters_.cut;
    return std::nullopt;
  }
  return Datagram{address_of(from), {buffer_.data(), static_cast<std::size_t>(n)}};
}

std::optional<SyslogSource::Datagram> SyslogSource::next(std::uint64_t now_ns) {
  for (int i = 0; i < kMaxDatagramsAtOnce; ++i) {
    bool empty = false;
    const auto datagram = receive(empty);
    if (empty) return std::nullopt;
    if (!datagram) continue;
    if (limiter_.admit(datagram->from, now_ns)) return datagram;
    ++counters_.limited;
  }
  return std::nullopt;
}

}  // namespace tlswatch::sources
