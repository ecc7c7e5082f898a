#include <algorithm>

#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/offer.h"
#include "daemon/core/event/pipeline_context.h"

// What a failed session, or the bad end of a good one, means.
namespace tlswatch::event {
namespace {

bool sent_fatal_alert(const facts::Alerts& alerts) noexcept {
  constexpr std::uint8_t kFatal = 2;  // RFC 8446 section 6
  return std::ranges::any_of(alerts, [](const facts::AlertSeen& alert) {
    return alert.direction == wire::Direction::received && alert.level == kFatal;
  });
}

}  // namespace

const diagnose::Rule* Pipeline::conclude(const diagnose::BrokerSymptoms* broker, const DeviceSide* device,
                                         Diagnosis& out) const {
  static const diagnose::Knowledge kNone;
  return event::conclude(settings_.knowledge != nullptr ? *settings_.knowledge : kNone, broker, device, out);
}

const diagnose::Rule* Pipeline::conclude(const fleet::Failure* failure, const DeviceSide* device,
                                         Diagnosis& out) const {
  if (failure == nullptr) return conclude(static_cast<const diagnose::BrokerSymptoms*>(nullptr), device, out);
  const diagnose::BrokerSymptoms seen = failure->symptoms.view();
  return conclude(&seen, device, out);
}

void Pipeline::take_failure(const Context& context, const fleet::Session& session, const Concluded& failure,
                            Diagnosis& out) {
  out.stage = failure.symptoms.stage;
  out.sessions_failed = true;
  if (session.local) out.listener_port = session.local->port;
  out.header = context.header(Outcome::failure, diagnosis_message(out), part::kDiagnosis);
  const Header first = context.header(Outcome::failure, {});
  LinesOut lines{first, context.emit, part::kIncident};
  remember_failure(session, failure, out, count_failure(session, failure.rule, lines, out));
}

void Pipeline::diagnose_handshake(const Context& context, const HandshakeView& view,
                                  const fleet::Session& session) {
  const TlsHandshake& event = view.event;
  const std::uint64_t now = context.record.time_unix_ns;
  Diagnosis out;
  out.sessions.push_back(event.session);
  out.source = event.source;
  // A device that has spoken TLS does not begin to speak something else.
  const bool tls = view.symptoms.first_bytes == diagnose::FirstBytes::none;
  const fleet::Suspicion suspicion =
      tls ? name_stranger(session, event.outside_psk_identity.value_or(""), now, out) : fleet::Suspicion{};
  const diagnose::Rule* rule = nullptr;
  if (const diagnose::DeviceSymptoms* const told = heard_from(session, view.symptoms, now)) {
    const catalog::Answer answer = answer_to(*told);
    const DeviceSide device{*told, answer};
    rule = conclude(&view.symptoms, &device, out);
  } else {
    rule = conclude(&view.symptoms, nullptr, out);
  }
  take_failure(context, session, {view.symptoms, fleet::Standing::open, suspicion, rule}, out);
}

void Pipeline::diagnose_end(const Context& context, const SessionEnd& end, const facts::SessionEnd& facts,
                            const fleet::Session& session) {
  diagnose::BrokerSymptoms symptoms;
  symptoms.established = true;
  symptoms.stage = wire::Stage::established;
  symptoms.end_reason = end.reason;
  if (facts.alerts) symptoms.alerts = *facts.alerts;
  if (facts.openssl_error) symptoms.openssl_reason = facts.openssl_error->reason;
  if (facts.tcp) symptoms.retransmits = facts.tcp->retransmits;
  symptoms.closed_by = diagnose::closed_by(facts.tcp, facts.alerts, facts.openssl_error);
  symptoms.violations = end.policy.violations;
  const bool unnamed = end.outside_device_id.empty() && end.outside_user.empty();
  symptoms.said_nothing =
      unnamed && facts.traffic && facts.traffic->last_in == 0 && !sent_fatal_alert(symptoms.alerts);
  symptoms.server_name = session.server_name;
  if (session.server_leaf)
    symptoms.server_dates = dates_at(*session.server_leaf, context.record.time_unix_ns);
  if (end.outside_device_id.empty()) symptoms.outside_user = end.outside_user;
  if (facts.timing) symptoms.lasted_ms = facts.timing->since_seen_ns / 1'000'000;
  Diagnosis out;
  const diagnose::Rule* const rule = conclude(&symptoms, nullptr, out);
  if (rule == nullptr) return;
  const std::uint64_t now = context.record.time_unix_ns;
  out.sessions.push_back(end.session);
  out.source = end.source;
  out.outside_device_id = end.outside_device_id;
  out.who = who(context.broker, session);
  const bool named = !out.outside_device_id.empty();
  out.identity_confidence = named ? 1 : 0;
  const fleet::Suspicion suspicion =
      named ? fleet::Suspicion{} : name_stranger(session, session.psk_identity, now, out);
  const fleet::Standing standing = named ? fleet::Standing::own : fleet::Standing::open;
  take_failure(context, session, {symptoms, standing, suspicion, rule}, out);
}

}  // namespace tlswatch::event
