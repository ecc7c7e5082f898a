// The TLS client's transport on a host: one POSIX TCP socket with timeouts, getrandom, the monotonic clock.
#pragma once

#include <cstdint>

#include "tlswatch_transport.h"

namespace tlswatch::device::host {

class SocketTransport {
 public:
  SocketTransport() = default;
  SocketTransport(const SocketTransport&) = delete;
  SocketTransport& operator=(const SocketTransport&) = delete;
  ~SocketTransport() { close(); }

  /// The functions for TlsClient; valid while this lives. Name resolution has the resolver's own time limit.
  Transport port();

  ConnectResult connect(const char* host, std::uint16_t port, std::uint32_t timeout_ms);
  int read(std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) const;
  int write(const std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) const;
  void close();

 private:
  int fd_ = -1;
};

/// Milliseconds of the monotonic clock, cut to 32 bits as on a device.
std::uint32_t monotonic_ms();
/// Fills bytes from the kernel's generator; false if it has none.
bool kernel_random(void* bytes, std::size_t n);

}  // namespace tlswatch::device::host
