// What the TLS client needs of the device's network: four functions, a clock and entropy.
#ifndef TLSWATCH_TRANSPORT_H
#define TLSWATCH_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

enum class ConnectResult : uint8_t { ok, dns_failed, tcp_failed };

/// Plain functions, each given `context`; all must be set. Must outlive the client.
struct Transport {
  void* context;
  /// Opens a TCP connection. Blocks for at most timeout_ms (name resolution may have a limit of its own).
  ConnectResult (*connect)(void* context, const char* host, uint16_t port, uint32_t timeout_ms);
  /// Waits up to timeout_ms (0: not at all) and reads at most n bytes.
  /// Returns how many, or kTransportTimeout, or kTransportClosed (the peer's orderly end as well as a reset).
  int (*read)(void* context, uint8_t* bytes, size_t n, uint32_t timeout_ms);
  /// Writes at most n bytes, waiting up to timeout_ms; returns as read does.
  int (*write)(void* context, const uint8_t* bytes, size_t n, uint32_t timeout_ms);
  void (*close)(void* context);
  /// A clock that only goes forward; may wrap around.
  uint32_t (*now_ms)(void* context);
  /// Fills bytes that nobody can predict. False if it cannot: no connection is made then.
  bool (*entropy)(void* context, uint8_t* bytes, size_t n);
};

constexpr int kTransportTimeout = 0;
constexpr int kTransportClosed = -1;

}  // namespace device
}  // namespace tlswatch

#endif
