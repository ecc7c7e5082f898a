#include "daemon/core/diagnose/fits.h"

#include <algorithm>

namespace tlswatch::diagnose {
namespace {

constexpr std::uint8_t kFatal = 2;  // RFC 8446 section 6

struct Pair {
  const BrokerSymptoms& broker;
  const DeviceSymptoms& device;
  const catalog::Answer& code;

  bool about_end() const noexcept { return !broker.end_reason.empty(); }
  bool is_bearssl() const noexcept { return device.stack == "bearssl" || device.stack == "tasmota"; }
  /// A full list may have lost some.
  bool all_alerts_known() const noexcept { return broker.alerts.count < facts::Alerts::kMax; }
  bool sent(auto holds) const noexcept {
    return std::ranges::any_of(broker.alerts, [&](const facts::AlertSeen& alert) {
      return alert.direction == wire::Direction::sent && holds(alert);
    });
  }
};

struct CodeRow {
  std::string_view stack;
  std::int64_t first, last;
};
/// Codes by which the device rejects the server's certificate: it has read it.
constexpr CodeRow kRejections[] = {
    {"tasmota", 1, 1},                    // the fingerprint, taken from the certificate's key
    {"bearssl", 33, 62},                  // bearssl_x509.h
    {"mbedtls", -0x2700, -0x2700},        // MBEDTLS_ERR_X509_CERT_VERIFY_FAILED
    {"wolfssl", -151, -150},              // ASN_AFTER_DATE_E, ASN_BEFORE_DATE_E
    {"wolfssl", -155, -155},              // ASN_SIG_CONFIRM_E
    {"wolfssl", -188, -188},              // ASN_NO_SIGNER_E
    {"wolfssl", -275, -275},              // ASN_SELF_SIGNED_E
    {"wolfssl", -322, -322},              // DOMAIN_NAME_MISMATCH
    {"wolfssl", -325, -325},              // IPADDR_MISMATCH
    {"openssl", 0x0A000086, 0x0A000086},  // SSL_R_CERTIFICATE_VERIFY_FAILED
};
/// Codes that say that a fatal alert came, and have lost its number.
constexpr CodeRow kLostAlerts[] = {
    {"mbedtls", -0x7780, -0x7780},  // MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE
    {"wolfssl", -313, -313},        // FATAL_ERROR
};

bool stands_in(std::span<const CodeRow> rows, const DeviceSymptoms& device) noexcept {
  return std::ranges::any_of(rows, [&](const CodeRow& row) {
    return row.stack == device.stack && device.code >= row.first && device.code <= row.last;
  });
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) noexcept {
  return std::ranges::find(words, word) != words.end();
}

// Tasmota's rc -2 is told by the firmware's MQTT library, which knows nothing of phases: the log's reader
// calls it tcp, and the connection may have been dropped in the handshake.
bool never_arrived(const Pair& p) noexcept {
  const bool vague = p.device.stack == "tasmota" && p.device.code == 0 && p.device.detail == -2;
  return one_of(p.device.phase, {"dns", "tcp"}) && !vague;
}

bool alert_not_sent(const Pair& p) noexcept {
  if (!p.code.alert.has_value() || p.code.direction != catalog::Direction::received) return false;
  const auto same = [&](const facts::AlertSeen& alert) { return alert.description == *p.code.alert; };
  return p.all_alerts_known() && !p.sent(same);
}

bool no_alert_sent(const Pair& p) noexcept {
  const auto fatal = [](const facts::AlertSeen& alert) { return alert.level == kFatal; };
  return stands_in(kLostAlerts, p.device) && p.all_alerts_known() && !p.sent(fatal);
}

bool alert_of_another_stack(const Pair& p) noexcept {
  return p.is_bearssl() && std::ranges::any_of(p.broker.alerts, [](const facts::AlertSeen& alert) {
           return alert.direction == wire::Direction::received && alert.level == kFatal;
         });
}

bool before_the_certificate(const Pair& p) noexcept {
  return stands_in(kRejections, p.device) && p.broker.stage < wire::Stage::certificate_sent;
}

// BearSSL checks the chain as it comes and writes nothing more; others may check behind the handshake
// (MBEDTLS_SSL_VERIFY_OPTIONAL).
bool behind_the_certificate(const Pair& p) noexcept {
  return p.device.stack == "bearssl" && stands_in(kRejections, p.device) &&
         p.broker.stage > wire::Stage::certificate_sent;
}

bool before_the_answer(const Pair& p) noexcept {
  const bool was_tls = p.broker.first_bytes == FirstBytes::none;
  return p.device.phase == "mqtt" && was_tls && !p.about_end() && p.broker.stage < wire::Stage::server_hello;
}

bool had_connected(const Pair& p) noexcept {
  return p.device.phase == "tls" &&
         one_of(p.broker.end_reason,
                {"disconnect", "keepalive-timeout", "taken-over", "kicked", "credentials-refused"});
}

bool was_let_in(const Pair& p) noexcept {
  const std::int64_t rc = p.device.detail;
  const bool says_no = (rc >= 1 && rc <= 5) || rc == 134 || rc == 135;  // CONNACK, also of MQTT 5
  return p.device.stack == "tasmota" && p.device.code == 0 && says_no &&
         one_of(p.broker.end_reason, {"keepalive-timeout", "taken-over"});
}

bool spoke_no_tls(const Pair& p) noexcept {
  return p.device.phase == "tls" && p.broker.first_bytes != FirstBytes::none;
}

struct Constraint {
  std::string_view says;  ///< why the two cannot be one event
  bool (*forbids)(const Pair&) noexcept;
};
constexpr Constraint kConstraints[] = {
    // Name and TCP come before the broker's accept(2).
    {"an error of phase dns or tcp never reaches the broker", never_arrived},
    // bearssl_ssl.h: BR_ERR_RECV_FATAL_ALERT + n. The plugin notes each alert that OpenSSL writes.
    {"the device received an alert that the broker did not send", alert_not_sent},
    // mbedtls/ssl.h, wolfssl/error-ssl.h
    {"the device received a fatal alert and the broker sent none", no_alert_sent},
    // BearSSL's engine stops without a word; it sends close_notify (a warning) only. Run.
    {"the broker received a fatal alert, and BearSSL sends none", alert_of_another_stack},
    // RFC 5246 section 7.3, RFC 8446 section 2: Certificate comes from the server first.
    {"the device rejected a certificate before the broker sent one", before_the_certificate},
    {"the device rejected the certificate, and the broker heard more of it", behind_the_certificate},
    // The client's handshake ends behind the server's Finished, which follows ServerHello.
    {"the device was in MQTT and the broker had not answered its hello", before_the_answer},
    // MQTT 3.1.1 sections 3.1 and 3.14: all these need a CONNECT.
    {"the device was in TLS and the session had seen its CONNECT", had_connected},
    // MQTT 3.1.1 section 3.2.2.3, MQTT 5 section 3.2.2.2: the server closes behind such a CONNACK.
    {"the broker refused the device's CONNECT, and this session was let in", was_let_in},
    // RFC 8446 section 5.1: a TLS client begins with a handshake record.
    {"the device spoke TLS, and what the broker received was none", spoke_no_tls},
};

}  // namespace

std::string_view misfit(const BrokerSymptoms& broker, const DeviceSymptoms& device,
                        const catalog::Answer& code) noexcept {
  const Pair pair{broker, device, code};
  for (const Constraint& constraint : kConstraints) {
    if (constraint.forbids(pair)) return constraint.says;
  }
  return {};
}

}  // namespace tlswatch::diagnose
