#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tlswatch::tls {

/// Alert: one row of the IANA registry "TLS Alerts" (RFC 8446 section 6, RFC 5246 section 7.2, and the RFCs
/// of those that came by extension).
struct Alert {
  std::uint8_t code;
  std::string_view name;     ///< unknown_ca
  std::string_view openssl;  ///< the name in OpenSSL and in Tasmota's table, TLS1_ALERT_UNKNOWN_CA; or empty
};

/// All named alerts, ordered by code.
std::span<const Alert> alerts() noexcept;

/// The alert with this number, or null.
const Alert* find_alert(std::uint8_t code) noexcept;

/// Its name, or empty.
std::string_view alert_name(std::uint8_t code) noexcept;

/// "warning" (1), "fatal" (2), or empty.
std::string_view alert_level_name(std::uint8_t level) noexcept;

}  // namespace tlswatch::tls
