#pragma once

#include <span>
#include <string_view>

#include "daemon/core/catalog/catalog.h"

/// The tables behind lookup(). Each is ordered by code. Internal to this folder and its tests.
namespace tlswatch::catalog {

std::span<const Entry> tasmota_entries() noexcept;       ///< tasmota.cpp
std::span<const Entry> bearssl_ssl_entries() noexcept;   ///< bearssl_ssl.cpp
std::span<const Entry> bearssl_x509_entries() noexcept;  ///< bearssl_x509.cpp

/// What Tasmota's code 0 means beside an MQTT state: `code` is the rc. mqtt_rc.cpp
std::span<const Entry> mqtt_rc_entries() noexcept;

/// What an alert tells a device that receives it (the broker's verdict), or one that sends it.
struct AlertAdvice {
  std::uint8_t code;
  std::string_view received;  ///< meaning
  CauseList received_causes;
  std::string_view received_fix;
  std::string_view sent;
  CauseList sent_causes;
  std::string_view sent_fix;
};
std::span<const AlertAdvice> alert_advice() noexcept;  ///< alerts.cpp

}  // namespace tlswatch::catalog
