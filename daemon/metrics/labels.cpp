#include "daemon/metrics/labels.h"

#include <algorithm>

#include "daemon/core/catalog/causes.h"
#include "daemon/core/text/utf8.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/names.h"
#include "daemon/metrics/registry.h"

namespace tlswatch::metrics {
namespace {

constexpr std::size_t kMaxLabelBytes = 64;

std::string_view known_or_other(std::string_view name) noexcept {
  return name.empty() ? kOther : name;
}

/// A text of the list, or "other".
std::string_view of_list(std::span<const std::string_view> list, std::string_view value) noexcept {
  const auto found = std::ranges::find(list, value);
  return found == list.end() ? kOther : *found;
}

constexpr std::string_view kKeys[] = {"RSA", "EC", "Ed25519", "Ed448"};
constexpr std::string_view kKeySizes[] = {"256", "384", "456", "521", "1024", "2048", "3072", "4096", "8192"};
constexpr std::string_view kMflnSizes[] = {"512", "1024", "2048", "4096"};

std::string_view number_of_list(std::span<const std::string_view> list, std::uint32_t number) {
  return of_list(list, std::to_string(number));  // within the short string
}

// OpenSSL's X509_V_ERR_* of the client's certificate (openssl/x509_vfy.h).
constexpr std::uint32_t kCertHasExpired = 10, kCertRevoked = 23, kHostnameMismatch = 62;

bool verify_is(const event::TlsHandshake& h, std::uint32_t error) noexcept {
  return h.verify && h.verify->error == error;
}

/// Whether OpenSSL's error is one of the TLS library's with one of these reasons (openssl/sslerr.h).
template <typename... Reasons>
bool openssl_is(const event::TlsHandshake& h, Reasons... reasons) noexcept {
  constexpr std::uint64_t kSslLibrary = 20;
  constexpr int kLibraryShift = 23;
  if (!h.openssl || h.openssl->code >> kLibraryShift != kSslLibrary) return false;
  const std::uint64_t reason = h.openssl->code & ((std::uint64_t{1} << kLibraryShift) - 1);
  return ((reason == static_cast<std::uint64_t>(reasons)) || ...);
}

/// An alert that the client sent, other than a goodbye.
template <typename Is>
bool client_alert(const event::TlsHandshake& h, Is is) noexcept {
  return std::ranges::any_of(h.alerts, [&](const facts::AlertSeen& alert) {
    return alert.direction == wire::Direction::received && is(alert.description);
  });
}

// Alerts of RFC 8446 section 6.
bool rejects_certificate(std::uint8_t alert) noexcept {
  return (alert >= 42 && alert <= 46) || alert == 48;  // bad_certificate to certificate_unknown; unknown_ca
}
bool protocol_version(std::uint8_t alert) noexcept {
  return alert == 70;
}
bool no_goodbye(std::uint8_t alert) noexcept {
  return alert != 0 && alert != 90;  // close_notify, user_canceled
}

struct ReasonRow {
  std::string_view reason;
  bool (*holds)(const event::TlsHandshake&) noexcept;
};

using H = const event::TlsHandshake&;
constexpr ReasonRow kReasons[] = {
    {"verify_no_cert", [](H h) noexcept { return openssl_is(h, 199); }},  // PEER_DID_NOT_RETURN_A_CERTIFICATE
    {"verify_expired_cert", [](H h) noexcept { return verify_is(h, kCertHasExpired); }},
    {"verify_revoked_cert", [](H h) noexcept { return verify_is(h, kCertRevoked); }},
    {"verify_hostname_mismatch", [](H h) noexcept { return verify_is(h, kHostnameMismatch); }},
    {"verify_other", [](H h) noexcept { return h.verify.has_value(); }},
    {"peer_rejected_cert", [](H h) noexcept { return client_alert(h, rejects_certificate); }},
    // UNSUPPORTED_PROTOCOL, VERSION_TOO_LOW, VERSION_TOO_HIGH, NO_PROTOCOLS_AVAILABLE
    {"no_common_protocol",
     [](H h) noexcept { return openssl_is(h, 258, 396, 166, 191) || client_alert(h, protocol_version); }},
    {"no_common_cipher", [](H h) noexcept { return openssl_is(h, 193); }},  // NO_SHARED_CIPHER
    // NO_SHARED_GROUPS, NO_SUITABLE_KEY_SHARE
    {"no_common_group", [](H h) noexcept { return openssl_is(h, 410, 101); }},
    // NO_SHARED_SIGNATURE_ALGORITHMS, NO_SUITABLE_SIGNATURE_ALGORITHM
    {"no_common_signature", [](H h) noexcept { return openssl_is(h, 376, 118); }},
    // PSK_IDENTITY_NOT_FOUND, BINDER_DOES_NOT_VERIFY, BAD_PSK
    {"psk_refused", [](H h) noexcept { return openssl_is(h, 223, 253, 219); }},
    {"not_tls",
     [](H h) noexcept {  // HTTP_REQUEST, HTTPS_PROXY_REQUEST, WRONG_VERSION_NUMBER
       return h.first_bytes != diagnose::FirstBytes::none || openssl_is(h, 156, 155, 267);
     }},
    {"peer_alert", [](H h) noexcept { return client_alert(h, no_goodbye); }},
    {"peer_reset", [](H h) noexcept { return h.closed_by == diagnose::ClosedBy::reset; }},
    {"peer_closed", [](H h) noexcept { return h.closed_by == diagnose::ClosedBy::client; }},
    // The broker ended it, and its TLS library had nothing to say: its patience was at an end, or it stopped.
    {"handshake_timeout",
     [](H h) noexcept { return h.closed_by == diagnose::ClosedBy::broker && !h.openssl; }},
    {kOther, [](H) noexcept { return true; }},
};

constexpr auto kReasonNames = [] {
  std::array<std::string_view, std::size(kReasons)> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = kReasons[i].reason;
  return out;
}();

}  // namespace

std::string listener_label(std::uint16_t port, bool bridge) {
  if (bridge) return "bridge";
  return port == 0 ? "unknown" : std::to_string(port);
}

std::string listener_label(const event::TlsHandshake& handshake) {
  if (handshake.check) return "check";
  return listener_label(handshake.destination ? handshake.destination->port : 0, handshake.bridge);
}

std::string name_label(std::string_view configured) {
  return text::to_utf8(configured, kMaxLabelBytes);
}

std::string profile_label(const policy::Judgement& judgement) {
  return judgement.profile == nullptr ? "none" : name_label(judgement.profile->name);
}

std::string_view cipher_label(std::uint16_t suite) noexcept {
  return known_or_other(tls::cipher_suite_name(suite));
}

std::string_view alert_label(std::uint8_t description) noexcept {
  return known_or_other(tls::alert_name(description));
}

std::string_view version_label(std::uint16_t version) noexcept {
  return known_or_other(tls::version_name(version));
}

std::string_view mfln_label(const std::optional<std::uint16_t>& bytes) noexcept {
  return bytes ? number_of_list(kMflnSizes, *bytes) : std::string_view("none");
}

std::string_view key_label(std::string_view algorithm) noexcept {
  return of_list(kKeys, algorithm);
}

std::string_view key_size_label(std::uint32_t bits) noexcept {
  return number_of_list(kKeySizes, bits);
}

std::string_view cause_label(std::string_view cause) noexcept {
  return catalog::cause_id(catalog::find_cause(cause).value_or(catalog::Cause::unknown));
}

std::string_view failure_reason(const event::TlsHandshake& handshake) noexcept {
  return std::ranges::find_if(kReasons, [&](const ReasonRow& row) { return row.holds(handshake); })->reason;
}

std::span<const std::string_view> failure_reasons() noexcept {
  return kReasonNames;
}

}  // namespace tlswatch::metrics
