#pragma once

#include <cstdint>

#include "session_pool.h"

namespace tlswatch::plugin {

/// What the kernel knows of a connection (tcp(7), TCP_INFO).
struct TcpFacts {
  bool known = false;
  std::uint32_t rtt_us = 0;
  std::uint32_t rttvar_us = 0;
  std::uint32_t retransmits = 0;
  std::uint32_t ms_since_last_in = 0;
  std::uint8_t state = 0;  ///< TCP_ESTABLISHED and so on, netinet/tcp.h
};

/// One system call each. A descriptor that is no socket any more leaves the result empty.
TcpFacts read_tcp_facts(int fd) noexcept;
Address read_peer_address(int fd) noexcept;
Address read_local_address(int fd) noexcept;

}  // namespace tlswatch::plugin
