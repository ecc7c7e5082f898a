#include "daemon/core/tls/alert.h"

#include <algorithm>
#include <array>

namespace tlswatch::tls {
namespace {

// clang-format off
// IANA "TLS Alerts". The aliases are those of OpenSSL 3.0's reasons (sslerr.h, 1000 + n), which exist for some only: it names
// those of SSL 3 after SSL 3, also on TLS.
constexpr auto kAlerts = std::to_array<Alert>({
  {0,   "close_notify",                    ""},
  {10,  "unexpected_message",              "SSL3_ALERT_UNEXPECTED_MESSAGE"},
  {20,  "bad_record_mac",                  "SSL3_ALERT_BAD_RECORD_MAC"},
  {21,  "decryption_failed",               "TLS1_ALERT_DECRYPTION_FAILED"},
  {22,  "record_overflow",                 "TLS1_ALERT_RECORD_OVERFLOW"},
  {30,  "decompression_failure",           "SSL3_ALERT_DECOMPRESSION_FAILURE"},
  {40,  "handshake_failure",               "SSL3_ALERT_HANDSHAKE_FAILURE"},
  {41,  "no_certificate",                  "SSL3_ALERT_NO_CERTIFICATE"},
  {42,  "bad_certificate",                 "SSL3_ALERT_BAD_CERTIFICATE"},
  {43,  "unsupported_certificate",         "SSL3_ALERT_UNSUPPORTED_CERTIFICATE"},
  {44,  "certificate_revoked",             "SSL3_ALERT_CERTIFICATE_REVOKED"},
  {45,  "certificate_expired",             "SSL3_ALERT_CERTIFICATE_EXPIRED"},
  {46,  "certificate_unknown",             "SSL3_ALERT_CERTIFICATE_UNKNOWN"},
  {47,  "illegal_parameter",               "SSL3_ALERT_ILLEGAL_PARAMETER"},
  {48,  "unknown_ca",                      "TLS1_ALERT_UNKNOWN_CA"},
  {49,  "access_denied",                   "TLS1_ALERT_ACCESS_DENIED"},
  {50,  "decode_error",                    "TLS1_ALERT_DECODE_ERROR"},
  {51,  "decrypt_error",                   "TLS1_ALERT_DECRYPT_ERROR"},
  {52,  "too_many_cids_requested",         ""},
  {60,  "export_restriction",              "TLS1_ALERT_EXPORT_RESTRICTION"},
  {70,  "protocol_version",                "TLS1_ALERT_PROTOCOL_VERSION"},
  {71,  "insufficient_security",           "TLS1_ALERT_INSUFFICIENT_SECURITY"},
  {80,  "internal_error",                  "TLS1_ALERT_INTERNAL_ERROR"},
  {86,  "inappropriate_fallback",          "TLS1_ALERT_INAPPROPRIATE_FALLBACK"},
  {90,  "user_canceled",                   "TLS1_ALERT_USER_CANCELLED"},
  {100, "no_renegotiation",                "TLS1_ALERT_NO_RENEGOTIATION"},
  {109, "missing_extension",               "TLS13_ALERT_MISSING_EXTENSION"},
  {110, "unsupported_extension",           "TLS1_UNSUPPORTED_EXTENSION"},
  {111, "certificate_unobtainable",        "TLS1_CERTIFICATE_UNOBTAINABLE"},
  {112, "unrecognized_name",               "TLS1_UNRECOGNIZED_NAME"},
  {113, "bad_certificate_status_response", "TLS1_BAD_CERTIFICATE_STATUS_RESPONSE"},
  {114, "bad_certificate_hash_value",      "TLS1_BAD_CERTIFICATE_HASH_VALUE"},
  {115, "unknown_psk_identity",            "TLS1_ALERT_UNKNOWN_PSK_IDENTITY"},
  {116, "certificate_required",            "TLS13_ALERT_CERTIFICATE_REQUIRED"},
  {117, "general_error",                   ""},
  {120, "no_application_protocol",         "TLS1_ALERT_NO_APPLICATION_PROTOCOL"},
  {121, "ech_required",                    ""},
});
// clang-format on

static_assert(std::ranges::is_sorted(kAlerts, {}, &Alert::code));

}  // namespace

std::span<const Alert> alerts() noexcept {
  return kAlerts;
}

const Alert* find_alert(std::uint8_t code) noexcept {
  const auto at = std::ranges::lower_bound(kAlerts, code, {}, &Alert::code);
  return at != kAlerts.end() && at->code == code ? &*at : nullptr;
}

std::string_view alert_name(std::uint8_t code) noexcept {
  const Alert* const alert = find_alert(code);
  return alert != nullptr ? alert->name : std::string_view();
}

std::string_view alert_level_name(std::uint8_t level) noexcept {
  switch (level) {
    case 1: return "warning";
    case 2: return "fatal";
    default: return {};
  }
}

}  // namespace tlswatch::tls
