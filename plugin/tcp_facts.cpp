#include "tcp_facts.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstring>

namespace tlswatch::plugin {
namespace {

Address to_address(const sockaddr_storage& storage) noexcept {
  Address out;
  if (storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &storage, sizeof in);
    out.port = ntohs(in.sin_port);
    out.size = 4;
    std::memcpy(out.bytes, &in.sin_addr, 4);
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &storage, sizeof in6);
    out.port = ntohs(in6.sin6_port);
    out.size = 16;
    std::memcpy(out.bytes, &in6.sin6_addr, 16);
  }
  return out;
}

using NameOf = int (*)(int, sockaddr*, socklen_t*);

Address read_address(NameOf name_of, int fd) noexcept {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (fd < 0 || name_of(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return to_address(storage);
}

}  // namespace

TcpFacts read_tcp_facts(int fd) noexcept {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  return {true,           info.tcpi_rtt, info.tcpi_rttvar, info.tcpi_total_retrans, info.tcpi_last_data_recv,
          info.tcpi_state};
}

Address read_peer_address(int fd) noexcept {
  return read_address([](int s, sockaddr* a, socklen_t* n) { return getpeername(s, a, n); }, fd);
}

Address read_local_address(int fd) noexcept {
  return read_address([](int s, sockaddr* a, socklen_t* n) { return getsockname(s, a, n); }, fd);
}

}  // namespace tlswatch::plugin
