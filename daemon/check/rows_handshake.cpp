#include <algorithm>

#include "daemon/check/rows.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/tls/cipher_suite.h"

namespace tlswatch::check {
namespace {

using catalog::Cause;

/// What an alert to the device's own hello means, where it says something by itself (RFC 8446 section 6.2).
struct AlertCause {
  std::uint8_t alert;
  Cause cause;
};
constexpr AlertCause kAlertCauses[] = {
    {40, Cause::no_shared_cipher},      {42, Cause::client_cert_untrusted},
    {43, Cause::client_cert_untrusted}, {44, Cause::client_cert_revoked},
    {45, Cause::client_cert_expired},   {46, Cause::client_cert_untrusted},
    {48, Cause::client_cert_untrusted}, {70, Cause::protocol_version_unsupported},
    {71, Cause::no_shared_cipher},      {112, Cause::server_name_mismatch},
    {116, Cause::client_cert_missing},
};

/// Whether the profile has no such key as the server's: then no cipher fits either.
bool is_the_key(const View& view) {
  return std::ranges::any_of(view.judgement.violations,
                             [](const policy::Violation& v) { return v.rule == "server-key-type"; });
}

/// Whether the server asked for a certificate, we had none, and it left us for that.
bool misses_certificate(const View& view) {
  return view.seen.device.heard.asks_certificate && view.plan.client.certificate.empty() &&
         !view.seen.device.established();
}

Cause cause_of_alert(const View& view, std::uint8_t alert) {
  if (misses_certificate(view)) return Cause::client_cert_missing;
  const auto* const row = std::ranges::find(kAlertCauses, alert, &AlertCause::alert);
  if (row == std::end(kAlertCauses)) return Cause::unknown;
  if (row->cause == Cause::no_shared_cipher && is_the_key(view)) return Cause::server_key_type_unsupported;
  return row->cause;
}

Cause cause_of_end(const View& view) {
  switch (view.seen.device.end) {
    case End::not_tried:
    case End::established:
    case End::broken: break;
    case End::no_tcp: return Cause::tcp_connect_failure;
    case End::timeout: return Cause::handshake_timeout;
    case End::closed: return misses_certificate(view) ? Cause::client_cert_missing : Cause::unknown;
    case End::reset: return Cause::connection_reset;
    case End::alert: return cause_of_alert(view, *view.seen.device.heard.fatal_alert);
    case End::not_tls: return Cause::not_tls;
  }
  return Cause::unknown;
}

std::string taken_versions(const Survey& seen) {
  std::string out;
  for (std::size_t i = 0; i < kVersions.size(); ++i) {
    if (seen.versions[i].took_version(kVersions[i])) out = joined(out, version_text(kVersions[i]));
  }
  return out;
}

bool takes_a_version(const View& view) {
  const auto& wanted = view.profile().versions;
  for (std::size_t i = 0; i < kVersions.size(); ++i) {
    const bool fits = wanted.empty() || std::ranges::find(wanted, kVersions[i]) != wanted.end();
    if (fits && view.seen.versions[i].took_version(kVersions[i])) return true;
  }
  return view.seen.device.heard.version != 0;
}

}  // namespace

Row connection(const View& view) {
  const std::string wanted = "a TCP connection";
  const Survey& seen = view.seen;
  if (seen.unresolved) return bad(wanted, seen.unresolved->why, Cause::dns_failure);
  if (seen.address.empty()) {
    return bad(wanted, seen.unreached ? seen.unreached->why : "none", Cause::tcp_connect_failure);
  }
  return ok(wanted, "with " + seen.address);
}

Row handshake(const View& view) {
  const Survey& seen = view.seen;
  const Attempt& device = seen.device;
  const std::string wanted = "TLS with the device's own offer";
  if (seen.address.empty()) return unknown(wanted, "not tried");
  if (device.end == End::not_tried) return unknown(wanted, device.why);
  if (device.established()) {
    return ok(wanted, version_text(device.heard.version) + " with " + suite_text(device.heard.cipher_suite) +
                          " in " + std::to_string(device.took.count()) + " ms");
  }
  if (seen.plain_mqtt) return bad(wanted, "it speaks plain MQTT on this port", Cause::tls_on_plain_port);
  return bad(wanted, end_text(device), cause_of_end(view));
}

Row tls_version(const View& view) {
  const std::string taken = taken_versions(view.seen);
  Row row = by_rule(view, "tls-version", taken, Cause::protocol_version_unsupported);
  if (taken.empty() || takes_a_version(view)) return row;
  return bad(row.wanted, taken, Cause::protocol_version_unsupported);
}

Row cipher(const View& view) {
  const Attempt& device = view.seen.device;
  const std::uint16_t chosen = device.heard.cipher_suite;
  std::string taken = chosen != 0 ? suite_text(chosen) + " (chosen)" : "";
  for (const SuiteTried& tried : view.seen.suites) {
    const bool takes = tried.attempt.heard.cipher_suite == tried.cipher_suite;
    if (takes && tried.cipher_suite != chosen) taken = joined(taken, suite_text(tried.cipher_suite));
  }
  Row row = by_rule(view, "cipher", taken, Cause::no_shared_cipher);
  const bool tried = std::ranges::any_of(
      view.seen.suites, [](const SuiteTried& t) { return t.attempt.heard.fatal_alert.has_value(); });
  if (!taken.empty() || !tried || !takes_a_version(view)) return row;
  return bad(row.wanted, "it takes none of them",
             is_the_key(view) ? Cause::server_key_type_unsupported : Cause::no_shared_cipher);
}

Row client_certificate(const View& view) {
  const Attempt& device = view.seen.device;
  const bool have = !view.plan.client.certificate.empty();
  const std::string wanted = have ? "ours is taken" : "none is required";
  if (device.heard.version == 0) return unknown(wanted, "not seen");
  if (!device.heard.asks_certificate) {
    if (device.established()) return ok(wanted, "none is asked for");
    return unknown(wanted, "the handshake did not come so far");
  }
  if (device.established() && device.mqtt != Mqtt::no_answer)
    return ok(wanted, have ? "asked for, and ours is taken" : "asked for, and not required");
  if (device.established()) return unknown(wanted, "asked for, and not refused so far");
  if (!have) return bad(wanted, "one is required", Cause::client_cert_missing);
  if (device.end != End::alert) return unknown(wanted, end_text(device));
  return bad(wanted, "ours is refused: " + end_text(device), cause_of_alert(view, *device.heard.fatal_alert));
}

Row mqtt(const View& view) {
  const Attempt& device = view.seen.device;
  const bool known = view.plan.user.has_value();
  const std::string wanted = known ? "login as this user" : "login without a user";
  switch (device.mqtt) {
    case Mqtt::not_tried: return unknown(wanted, "the handshake did not come so far");
    case Mqtt::no_answer: return unknown(wanted, "no answer to CONNECT");
    case Mqtt::accepted:
    case Mqtt::not_delivered: return ok(wanted, "accepted; a message to ourselves did not come back");
    case Mqtt::delivered: return ok(wanted, "accepted; a message to ourselves came back");
    case Mqtt::refused: break;
  }
  const std::string seen = "refused: " + std::string(connack_text(device.mqtt_refusal)) + " (" +
                           std::to_string(device.mqtt_refusal) + ")";
  if (known) return bad(wanted, seen, Cause::credentials_refused);
  return unknown(wanted, seen + "; give --user and --password-file");
}

}  // namespace tlswatch::check
