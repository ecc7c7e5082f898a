#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tlswatch::check {

/// MQTT over TLS, as IANA registers it: "secure-mqtt".
inline constexpr std::uint16_t kDefaultPort = 8883;

/// Longest host name (RFC 1035 section 2.3.4).
inline constexpr std::size_t kMaxHost = 253;

/// Target: where a server is.
struct Target {
  std::string host;
  std::uint16_t port = kDefaultPort;

  /// As it was written: an IPv6 address in brackets.
  std::string text() const;
};

/// Reads HOST, HOST:PORT, 10.0.0.7:8883, [::1]:8883, [::1], ::1. Nothing for an empty or too long host, bytes
/// that no host name and no address has, and a port that is none.
std::optional<Target> parse_target(std::string_view text);

}  // namespace tlswatch::check
