#include "failures.h"

#include "device/src/tlswatch_codes.h"

namespace tlswatch::fleet_sim {
namespace {

using device::Phase;
using device::Stack;
using wire::Stage;

constexpr std::string_view kEof = "unexpected eof while reading";
constexpr std::string_view kVerify = "certificate verify failed";

// name, needs, alone, together, stage, close, alert, SSL_R, its text, verify, seconds, unnoticed, the
// device's code
// clang-format off
constexpr Failure kFailures[] = {
    {"untrusted", Needs::tls_certificates, 3, 4, Stage::certificate_sent, Close::by_device, 50, 294, kEof, 0, 0.4, 2.5, 0.03,
     {Stack::bearssl, Phase::tls, 62, 0}},
    {"expired, or the device's clock", Needs::tls_certificates, 3, 3, Stage::certificate_sent, Close::by_device, 50, 294, kEof, 0, 0.4, 2.5, 0.03,
     {Stack::bearssl, Phase::tls, 54, 0}},
    {"fingerprint", Needs::tls_certificates, 2, 3, Stage::certificate_sent, Close::by_device, 50, 294, kEof, 0, 0.4, 2.5, 0.03,
     {Stack::tasmota, Phase::tls, device::kFingerprintMismatch, 0}},
    {"wrong name", Needs::tls_certificates, 1, 1, Stage::certificate_sent, Close::by_device, 50, 294, kEof, 0, 0.4, 2.5, 0.03,
     {Stack::bearssl, Phase::tls, 56, 0}},
    {"no shared cipher", Needs::tls_certificates, 1, 2, Stage::client_hello, Close::by_broker, 40, 193, "no shared cipher", 0, 0.05, 0.3, 0,
     {Stack::bearssl, Phase::tls, 256 + 40, 0}},
    {"old protocol", Needs::tls_certificates, 0.3, 1, Stage::client_hello, Close::by_broker, 70, 258, "unsupported protocol", 0, 0.05, 0.3, 0,
     {Stack::bearssl, Phase::tls, 256 + 70, 0}},
    {"stall", Needs::tls_certificates, 3, 0.5, Stage::certificate_sent, Close::by_device, 50, 294, kEof, 0, 5, 10, 0.6,
     {Stack::tasmota, Phase::tls, device::kHandshakeTimeout, 0}},
    {"reset", Needs::tls_certificates, 1, 0.3, Stage::certificate_sent, Close::reset, 0, 0, "", 0, 0.3, 3, 0.1,
     {Stack::bearssl, Phase::tls, 31, 0}},
    {"login refused", Needs::tls_certificates, 2, 1, Stage::established, Close::after_login, 0, 0, "", 0, 0.6, 3, 0,
     {Stack::tasmota, Phase::mqtt, device::kNoTlsError, 5}},
    {"client certificate missing", Needs::no_client_certificate, 1, 1, Stage::client_certificate, Close::by_broker, 40, 199, "peer did not return a certificate", 0, 0.5, 3, 0,
     {Stack::bearssl, Phase::tls, 256 + 40, 0}},
    {"client certificate expired", Needs::client_certificate, 8, 4, Stage::client_certificate, Close::by_broker, 45, 134, kVerify, kHasExpired, 0.5, 3, 0,
     {Stack::bearssl, Phase::tls, 256 + 45, 0}},
    {"client certificate untrusted", Needs::client_certificate, 4, 4, Stage::client_certificate, Close::by_broker, 48, 134, kVerify, 20, 0.5, 3, 0,
     {Stack::bearssl, Phase::tls, 256 + 48, 0}},
    {"PSK identity unknown", Needs::psk, 4, 4, Stage::key_exchange, Close::by_broker, 115, 223, "psk identity not found", 0, 0.2, 1, 0,
     {Stack::mbedtls, Phase::tls, -0x7780, 0}},
    {"PSK differs", Needs::psk, 4, 1, Stage::key_exchange, Close::by_broker, 20, 281, "decryption failed or bad record mac", 0, 0.2, 1, 0,
     {Stack::mbedtls, Phase::tls, -0x7780, 0}},
};
// clang-format on

}  // namespace

std::span<const Failure> failures() noexcept {
  return kFailures;
}

}  // namespace tlswatch::fleet_sim
