#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "device/src/tlswatch_report.h"
#include "plugin/wire/record.h"

namespace tlswatch::fleet_sim {

/// Which devices a failure can happen to.
enum class Needs : std::uint8_t { tls_certificates, client_certificate, no_client_certificate, psk };

/// X509_V_ERR_CERT_HAS_EXPIRED.
inline constexpr std::uint32_t kHasExpired = 10;

/// How the connection's end looks to the broker.
enum class Close : std::uint8_t { by_device, by_broker, reset, after_login };

/// Failure: one way not to get in, on both sides. The broker's columns are what the scenarios with real
/// stacks show (tests/scenarios, fails_*).
struct Failure {
  std::string_view name;
  Needs needs;
  double alone;     ///< weight among the failures of single devices
  double together;  ///< weight among the failures of outbreaks
  wire::Stage stage;
  Close close;
  std::uint8_t alert_sent;  ///< 0: none
  std::uint16_t openssl;    ///< SSL_R_*; 0: none
  std::string_view reason;
  std::uint32_t verify;    ///< X509_V_ERR_*; 0: none
  double least_s, most_s;  ///< how long the device tries
  double unnoticed;        ///< share of tries whose end the broker learns from its own timeout alone
  device::Failure code;    ///< what the device remembers
};

std::span<const Failure> failures() noexcept;

/// A try that does not reach the broker: the port does not answer.
inline constexpr device::Failure kUnreachable{device::Stack::tasmota, device::Phase::tcp, -1002, 0};

/// A handshake that the broker's own end cuts off: BR_ERR_IO.
inline constexpr device::Failure kCutOff{device::Stack::bearssl, device::Phase::tls, 31, 0};

}  // namespace tlswatch::fleet_sim
