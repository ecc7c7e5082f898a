#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/end_reason.h"
#include "daemon/core/event/offer.h"
#include "daemon/core/event/pipeline_context.h"
#include "daemon/core/event/session_verdict.h"
#include "daemon/core/text/utf8.h"
#include "daemon/core/tls/record_overhead.h"

namespace tlswatch::event {
namespace {

/// Weak evidence of the plugin's yields to the broker's log, which names each session exactly.
bool log_knows_better(const fleet::Session& session, const facts::Identity& identity,
                      std::string_view id) noexcept {
  return session.named_by_log && identity.evidence == wire::Evidence::last_read && session.device_id != id;
}

Proof proof_of(const facts::Identity& identity, bool password) noexcept {
  if ((identity.flags & wire::kHasCertificate) != 0) return Proof::certificate;
  if ((identity.flags & wire::kHasPsk) != 0) return Proof::psk;
  return password ? Proof::password : Proof::none;
}

/// A session's transport never changes; 2.0 has forgotten a client's websocket by the time of its end.
void take_role(const std::optional<facts::RoleFacts>& role, fleet::Session& session) noexcept {
  if (!role) return;
  session.bridge = role->role == wire::Role::bridge;
  if (session.transport != wire::Transport::websockets) session.transport = role->transport;
}

void assign(std::string& out, const std::optional<facts::Blob>& blob) {
  if (blob) out.assign(blob->text());
}

Outcome outcome_of(std::string_view reason) noexcept {
  if (reason == "disconnect" || reason == "broker-stopped") return Outcome::success;
  return reason == "unknown" || reason == "closed" ? Outcome::unknown : Outcome::failure;
}

EndFacts end_facts(const facts::SessionEnd& end, const fleet::Session& session) {
  EndFacts out;
  out.given = end.disconnect.value_or(-1);
  out.closed_by = diagnose::closed_by(end.tcp, end.alerts, end.openssl_error);
  out.has_client_id = end.client_id.has_value() || !session.device_id.empty();
  out.transport = session.transport;
  if (end.timing) out.lasted_ns = end.timing->since_seen_ns;
  out.has_username = end.username.has_value() && !end.username->bytes.empty();
  out.keepalive_s = session.identity ? session.identity->keepalive_s : session.keepalive_by_log_s;
  if (end.tcp) out.ns_since_last_in = std::uint64_t{end.tcp->ms_since_last_data_received} * 1'000'000;
  if (!end.traffic) return out;
  const auto packet = tls::plaintext_bytes(end.traffic->last_in, session.cipher_suite, session.version,
                                           session.encrypt_then_mac);
  if (end.traffic->last_in == 0 || !packet) return out;
  out.last_packet_least = packet->least;
  out.last_packet_most = packet->most;
  return out;
}

/// Whether a session whose client is known by its end alone was a good one: a refused login has a name, too.
bool came_through(const SessionEnd& end) noexcept {
  constexpr std::uint64_t kLongNs = 30'000'000'000;
  const bool lasted = end.duration_ns.value_or(0) >= kLongNs;
  return end.reason == "disconnect" || end.reason == "keepalive-timeout" || end.reason == "taken-over" ||
         (lasted && end.reason != "credentials-refused");
}

std::string expiry_message(const CertificateExpiring& e) {
  const std::string of = e.of_client ? "of the client at " + endpoint_text(e.source) : "of the broker";
  const std::string when = e.days_left == 0   ? "in less than a day"
                           : e.days_left == 1 ? "in 1 day"
                                              : "in " + std::to_string(e.days_left) + " days";
  return "The certificate " + text::to_utf8(e.certificate->subject) + " " + of + " expires " + when;
}

std::string end_message(const SessionEnd& end) {
  std::string out =
      end.outside_device_id.empty() ? "Session" : "Session of " + text::to_utf8(end.outside_device_id);
  return out + " from " + endpoint_text(end.source) + " ended: " + std::string(end.reason);
}

}  // namespace

Who Pipeline::who(const Broker& broker, const fleet::Session& session) const {
  if (session.device_id.empty()) return {};
  const bool password = broker.passwords_checked && !session.user.empty();
  if (session.identity) return {How::session, proof_of(*session.identity, password)};
  if (!session.named_by_log) return {};
  if (session.client_certificate) return {How::broker_log, Proof::certificate};
  if (session.external_psk) return {How::broker_log, Proof::psk};
  return {How::broker_log, password ? Proof::password : Proof::none};
}

void Pipeline::on(const Context& context, const facts::SessionStart& start) {
  fleet::Session& session = open_session(context);
  session.peer = start.peer_address;
  session.local = start.local_address;
  session.first_seen_unix_ns = context.record.time_unix_ns;
  take_role(start.role, session);
  if (!settings_.every_line) return;
  SessionStart out;
  out.session = context.session();
  out.source = to_endpoint(start.peer_address);
  out.destination = to_endpoint(start.local_address);
  out.bridge = session.bridge;
  out.header =
      context.header(Outcome::unknown, "TLS handshake from " + endpoint_text(out.source) + " begins");
  context.emit(out);
}

void Pipeline::judge(HandshakeView& view, const fleet::Session& session, std::uint64_t time_unix_ns) const {
  TlsHandshake& event = view.event;
  if (event.server_certificate)
    view.symptoms.server_dates = dates_at(*event.server_certificate, time_unix_ns);
  SessionVerdict verdict = judge_session(profile_of(settings_.profiles, session), session);
  event.mfln = verdict.mfln;
  event.policy = std::move(verdict.policy);
  view.symptoms.violations = event.policy.violations;
}

void Pipeline::watch_expiry(const Context& context, const TlsHandshake& event) {
  if (event.bridge) return;
  const auto now_s = static_cast<std::int64_t>(context.record.time_unix_ns / 1'000'000'000);
  for (const bool of_client : {false, true}) {
    const auto& certificate = of_client ? event.client_certificate : event.server_certificate;
    if (!certificate) continue;
    const auto warning = expiry_.seen(context.broker.index, *certificate, now_s);
    if (!warning) continue;
    CertificateExpiring out;
    out.session = event.session;
    out.source = event.source;
    out.destination = event.destination;
    out.of_client = of_client;
    out.certificate = certificate;
    out.days_left = warning->days_left;
    out.threshold_days = warning->threshold_days;
    out.header = context.header(Outcome::unknown, expiry_message(out),
                                of_client ? part::kClientExpiry : part::kServerExpiry);
    context.emit(out);
  }
}

void Pipeline::on(const Context& context, const facts::Handshake& handshake) {
  HandshakeView view = read_handshake(handshake, settings_.tools);
  counters_.unreadable_messages += view.unreadable_messages;

  fleet::Session& session = open_session(context);
  if (handshake.peer_address) session.peer = handshake.peer_address;
  if (handshake.local_address) session.local = handshake.local_address;
  if (session.first_seen_unix_ns == 0) {
    session.first_seen_unix_ns =
        context.record.time_unix_ns - (handshake.timing ? handshake.timing->since_seen_ns : 0);
  }
  take_role(handshake.role, session);
  session.established = view.event.established;
  session.version = view.event.version;
  session.cipher_suite = view.event.cipher_suite;
  session.encrypt_then_mac = view.encrypt_then_mac;
  session.mfln_requested = view.mfln_requested;
  session.mfln_negotiated = view.mfln_negotiated;
  session.handshake_seen = true;
  session.server_leaf = view.event.server_certificate;
  session.client_leaf = view.event.client_certificate;
  session.server_chain_bytes = handshake.server_chain;
  session.server_name = view.symptoms.server_name;
  session.ja4 = view.event.ja4;
  session.check = view.event.check;
  session.traffic = handshake.traffic;
  if (!view.event.source) view.event.source = to_endpoint(session.peer);
  if (!view.event.destination) view.event.destination = to_endpoint(session.local);

  judge(view, session, context.record.time_unix_ns);
  view.event.session = context.session();
  view.event.header = context.header(view.event.established ? Outcome::success : Outcome::failure,
                                     handshake_message(view.event, view.symptoms));
  session.client_certificate = view.event.established && view.event.client_certificate != nullptr;
  session.external_psk = view.event.established && view.external_psk.has_value();
  if (view.event.established) {
    session.psk_identity.clear();
    if (session.external_psk)
      session.psk_identity = wire::as_text(*view.external_psk).substr(0, fleet::kMaxCredential);
  }
  context.emit(view.event);
  if (view.event.established) {
    follow_log(context, session);
    watch_expiry(context, view.event);
    return recover(session, {view.event.header, context.emit, part::kRecovered});
  }
  if (!session.no_device()) diagnose_handshake(context, view, session);
  sessions_.close(context.key());
}

/// The CONNECT line may have been read before this record.
void Pipeline::follow_log(const Context& context, fleet::Session& session) {
  if (!context.broker.log_followed || !session.peer || session.bridge) return;
  const auto login =
      joins_[context.broker.index].established(session.key, *session.peer, context.record.time_unix_ns);
  if (!login) return;
  name_by_log(context.header(Outcome::success, {}, part::kNamed), context.broker, *login, session,
              context.emit);
}

void Pipeline::on(const Context& context, const facts::Identified& identified) {
  if (!identified.identity || !identified.client_id) return;
  const bool known = context.record.session != 0;
  fleet::Session unknown;
  fleet::Session& session = known ? open_session(context) : unknown;
  take_role(identified.role, session);
  const Who before = who(context.broker, session);
  const std::string_view id = identified.client_id->text();
  const std::string_view user = identified.username ? identified.username->text() : std::string_view{};
  if (log_knows_better(session, *identified.identity, id)) return;
  const bool named = session.identity || session.named_by_log;
  const policy::Profile* const profile_before = profile_of(settings_.profiles, session);
  const bool same_name = named && session.device_id == id && session.user == user;
  session.established = true;
  session.identity = identified.identity;
  session.device_id = id;
  session.user = user;
  if (known) meet(session, context.record.time_unix_ns);

  MqttIdentified out;
  out.who = who(context.broker, session);
  if (same_name && before.proof == out.who.proof) return;  // only the evidence got stronger
  out.session = context.session();
  out.bridge = session.bridge;
  out.check = session.check;
  out.outside_device_id = id;
  out.outside_user = user;
  const policy::Profile* const profile = profile_of(settings_.profiles, session);
  if (profile != profile_before) out.policy = judge_session(profile, session).policy;
  const std::string from = session.peer ? " from " + endpoint_text(to_endpoint(session.peer)) : "";
  out.header = context.header(Outcome::success, "Session" + from + " is MQTT client " + text::to_utf8(id));
  context.emit(out);
  if (known) recover(session, {out.header, context.emit, part::kRecovered});
}

void Pipeline::on(const Context& context, const facts::SessionEnd& facts) {
  fleet::Session& session = open_session(context);
  if (facts.peer_address && (!session.peer || facts.peer_address->port != 0))
    session.peer = facts.peer_address;
  take_role(facts.role, session);
  if (facts.outcome) {
    session.version = facts.outcome->version;
    session.cipher_suite = facts.outcome->cipher_suite;
    session.mfln_negotiated = tls::MaxFragmentLength{facts.outcome->max_fragment_length}.bytes();
  }
  const std::string_view id = facts.client_id ? facts.client_id->text() : std::string_view{};
  if (!facts.identity || !log_knows_better(session, *facts.identity, id)) {
    if (facts.identity) session.identity = facts.identity;
    assign(session.device_id, facts.client_id);
    assign(session.user, facts.username);
  }

  SessionEnd out;
  out.session = context.session();
  out.bridge = session.bridge;
  out.check = session.check;
  out.source = to_endpoint(session.peer);
  out.outside_device_id = session.device_id;
  out.outside_user = session.user;
  if (facts.timing) out.duration_ns = facts.timing->since_seen_ns;
  EndFacts about_end = end_facts(facts, session);
  if (context.broker.log_followed && session.peer) {
    about_end.told_by_log = joins_[context.broker.index].ended(session.key, *session.peer, session.device_id,
                                                               context.record.time_unix_ns);
  }
  out.reason = end_reason(about_end);
  if (facts.traffic) {
    out.bytes_in = facts.traffic->in;
    out.bytes_out = facts.traffic->out;
  }
  session.traffic = facts.traffic;
  SessionVerdict verdict = judge_session(profile_of(settings_.profiles, session), session);
  out.mfln = verdict.mfln;
  out.policy = std::move(verdict.policy);
  out.came_through = !session.met_as.empty() || came_through(out);
  out.header = context.header(outcome_of(out.reason), end_message(out));
  context.emit(out);
  if (!session.no_device()) diagnose_end(context, out, facts, session);
  // On 2.0 a client that never published is known only now.
  if (session.met_as.empty() && out.came_through) {
    meet(session, context.record.time_unix_ns);
    recover(session, {out.header, context.emit, part::kRecovered});
  }
  part_with(session, context.record.time_unix_ns);
  sessions_.close(context.key());
}

}  // namespace tlswatch::event
