#include "daemon/store/notes.h"

#include <algorithm>

#include "daemon/core/fleet/ids.h"
#include "daemon/core/text/utf8.h"
#include "daemon/store/limits.h"

namespace tlswatch::store {
namespace {

SessionName to_name(std::string_view text) {
  fleet::EventPosition at;
  if (!fleet::parse_event_id(text, at)) return {};
  return {at.epoch, at.sequence >> kSessionBits == 0 ? at.sequence : 0};
}

/// A name that nobody is remembered by is none.
std::string device_name(std::string_view outside) {
  return outside.size() <= kMaxDeviceId ? std::string(outside) : std::string();
}

std::string cut(std::string_view outside) {
  return std::string(outside.substr(0, kMaxText));
}

PolicyNote to_note(const policy::Judgement& judgement) {
  PolicyNote out;
  if (judgement.profile == nullptr) return out;
  out.profile = judgement.profile->name;
  out.verdict = static_cast<std::uint8_t>(static_cast<unsigned>(judgement.verdict) + 1);
  std::size_t left = kMaxViolations;
  for (const policy::Violation& v : judgement.violations) {
    if (left-- == 0) break;
    if (!out.violations.empty()) out.violations += '\n';
    out.violations.append(v.rule).append(": wanted ");
    out.violations.append(text::to_utf8(v.wanted)).append(", seen ").append(text::to_utf8(v.seen));
  }
  return out;
}

HandshakeNote what_of(const event::TlsHandshake& e, std::string_view) {
  HandshakeNote out;
  out.session = to_name(e.session);
  if (e.source) out.ip = e.source->ip.view(), out.port = e.source->port;
  if (e.destination) out.listener_port = e.destination->port;
  out.duration_ns = e.duration_ns.value_or(0);
  out.version = e.version;
  out.cipher = e.cipher_suite;
  out.cipher_bits = e.cipher_bits.value_or(0);
  out.curve = e.curve;
  out.established = e.established;
  out.resumed = e.resumed;
  out.server_name = cut(e.outside_server_name);
  if (e.ja4) out.ja4 = e.ja4->view();
  out.server_certificate = e.server_certificate;
  out.mfln = e.mfln;
  for (const facts::AlertSeen& alert : e.alerts) {
    out.alerts += static_cast<char>(alert.direction);
    out.alerts += static_cast<char>(alert.description);
  }
  if (e.openssl) out.openssl = cut(e.openssl->reason);
  out.stage = static_cast<std::uint8_t>(e.stage);
  out.policy = to_note(e.policy);
  return out;
}

NameNote what_of(const event::MqttIdentified& e, std::string_view) {
  return {to_name(e.session), device_name(e.outside_device_id), static_cast<std::uint8_t>(e.who.how),
          to_note(e.policy)};
}

EndNote what_of(const event::SessionEnd& e, std::string_view) {
  EndNote out;
  out.session = to_name(e.session);
  if (e.source) out.ip = e.source->ip.view(), out.port = e.source->port;
  out.device = device_name(e.outside_device_id);
  out.duration_ns = e.duration_ns.value_or(0);
  out.reason = e.reason;
  out.bytes_in = e.bytes_in.value_or(0);
  out.bytes_out = e.bytes_out.value_or(0);
  out.mfln = e.mfln;
  out.policy = to_note(e.policy);
  out.came_through = e.came_through;
  return out;
}

SaidNote what_of(const event::DeviceReport& e, std::string_view line) {
  SaidNote out;
  out.session = to_name(e.session);
  // Over a bridge it is another device that speaks.
  const bool foreign = e.relayed && !e.outside_topic_id.empty();
  out.device = device_name(foreign ? e.outside_topic_id : e.outside_device_id);
  out.action = "device-report";
  out.firmware = cut(e.outside_firmware);
  if (!e.relayed) out.era = e.era, out.seq = e.seq, out.count = e.count;
  constexpr std::uint64_t kSecond = 1'000'000'000;
  if (e.at_unix_s && *e.at_unix_s < (std::uint64_t{1} << 32)) out.told_at_ns = *e.at_unix_s * kSecond;
  out.json = line;
  return out;
}

SaidNote what_of(const event::DeviceLog& e, std::string_view line) {
  SaidNote out;
  out.session = to_name(e.session);
  if (!e.relayed) out.device = device_name(e.outside_device_id);
  out.action = "device-log";
  out.json = line;
  return out;
}

DiagnosisNote what_of(const event::Diagnosis& e, std::string_view line) {
  DiagnosisNote out;
  for (const std::string& session : e.sessions) out.sessions.push_back(to_name(session));
  out.sessions_failed = e.sessions_failed;
  out.device = device_name(e.outside_device_id);
  if (e.source) out.ip = e.source->ip.view();
  out.how = static_cast<std::uint8_t>(e.who.how);
  out.sure = static_cast<std::uint16_t>(std::clamp(e.identity_confidence, 0.0, 1.0) * 1000);
  out.cause = e.cause;
  out.incident = e.incident;
  out.failures = e.failures;
  out.corrected = e.corrected;
  out.json = line;
  return out;
}

CertificateNote what_of(const event::CertificateExpiring& e, std::string_view) {
  return {to_name(e.session), e.destination ? e.destination->port : std::uint16_t{0}, e.of_client,
          e.certificate};
}

PlaceNote what_of(const event::SessionStart&, std::string_view) {
  return {};
}
PlaceNote what_of(const event::Incident&, std::string_view) {
  return {};  // the table of incidents itself is kept
}
PlaceNote what_of(const event::EventsLost&, std::string_view) {
  return {};
}

/// A broker's own bridge, and `tlswatch check`, are no devices.
template <typename Event>
bool of_no_device(const Event& e) noexcept {
  if constexpr (requires { e.check; }) return e.bridge || e.check;
  if constexpr (requires { e.bridge; }) return e.bridge;
  return false;
}

}  // namespace

Note to_note(const event::Event& event, std::string_view line) {
  const event::Header& header = event::header(event);
  Note out{std::string(header.stream),
           header.epoch,
           header.sequence,
           header.part,
           header.time_unix_ns,
           std::string(header.broker),
           {}};
  while (line.ends_with('\n')) line.remove_suffix(1);
  std::visit(
      [&](const auto& e) {
        if (!of_no_device(e)) out.what = what_of(e, line);
      },
      event);
  return out;
}

std::size_t weight(const Note& note) noexcept {
  if (const auto* said = std::get_if<SaidNote>(&note.what)) return said->json.size();
  if (const auto* diagnosis = std::get_if<DiagnosisNote>(&note.what)) return diagnosis->json.size();
  return 0;
}

}  // namespace tlswatch::store
