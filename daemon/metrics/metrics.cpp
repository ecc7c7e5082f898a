#include "daemon/metrics/metrics.h"

#include "daemon/core/event/names.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/core/wire/names.h"
#include "daemon/metrics/labels.h"

namespace tlswatch::metrics {
namespace {

constexpr double kNsPerSecond = 1e9;

/// A certificate that was not shown for so long, while the listener showed one of another kind, was replaced.
constexpr std::uint64_t kReplacedAfterNs = std::uint64_t{86400} * 1'000'000'000;

double seconds(std::uint64_t ns) noexcept {
  return static_cast<double>(ns) / kNsPerSecond;
}

std::string_view outcome_label(bool good) noexcept {
  return good ? "success" : "failure";
}

std::string_view honoured_label(const std::optional<bool>& honoured) noexcept {
  if (!honoured) return "unknown";
  return *honoured ? "true" : "false";
}

}  // namespace

Metrics::Metrics(const Settings& settings) {
  registry_.set(Id::build_info, {settings.version}, 1);
  registry_.set(Id::process_start, {}, seconds(settings.started_unix_ns));
  registry_.add(Id::series_folded, {}, 0);
  for (const std::string_view broker : settings.brokers) registry_.add(Id::events_lost, {broker}, 0);
}

void Metrics::count(const event::Event& event) {
  const std::lock_guard lock(mutex_);
  std::visit([this](const auto& e) { on(e); }, event);
}

void Metrics::recall(const event::Event& event) {
  const auto* const handshake = std::get_if<event::TlsHandshake>(&event);
  if (handshake == nullptr || !handshake->established) return;
  const std::lock_guard lock(mutex_);
  shown(*handshake, listener_label(*handshake));
}

std::string Metrics::render() const {
  const std::lock_guard lock(mutex_);
  return registry_.render();
}

std::size_t Metrics::series() const {
  const std::lock_guard lock(mutex_);
  return registry_.series();
}

void Metrics::on(const event::TlsHandshake& e) {
  const std::string_view broker = e.header.broker;
  const std::string listener = listener_label(e);
  registry_.add(Id::handshakes, {broker, listener, outcome_label(e.established)});
  for (const facts::AlertSeen& alert : e.alerts) {
    registry_.add(Id::alerts,
                  {broker, facts::direction_name(alert.direction), alert_label(alert.description)});
  }
  judged(e.header, e.policy, "tls-handshake");
  if (!e.established) {
    return registry_.add(Id::handshake_failures,
                         {broker, listener, facts::stage_name(e.stage), failure_reason(e)});
  }
  const std::string profile = profile_label(e.policy);
  if (e.resumed) registry_.add(Id::session_reuses, {broker, listener});
  if (e.duration_ns) registry_.observe(Id::handshake_duration, {broker, profile}, seconds(*e.duration_ns));
  registry_.add(Id::mfln_handshakes,
                {broker, profile, mfln_label(e.mfln.requested), mfln_label(e.mfln.negotiated)});
  registry_.add(Id::cipher_handshakes,
                {broker, profile, version_label(e.version), cipher_label(e.cipher_suite)});
  if (!e.server_certificate) return;
  registry_.add(Id::server_key_handshakes, {broker, profile, key_label(e.server_certificate->key_algorithm),
                                            key_size_label(e.server_certificate->key_bits)});
  shown(e, listener);
}

void Metrics::shown(const event::TlsHandshake& e, const std::string& listener) {
  if (e.bridge || e.check || !e.server_certificate) return;
  const std::string_view broker = e.header.broker;
  const std::string_view key = key_label(e.server_certificate->key_algorithm);
  registry_.set(Id::certificate_expiry, {broker, listener, key},
                static_cast<double>(e.server_certificate->not_after_unix_s));
  const std::string where = std::string(broker) + "/" + listener;
  const std::uint64_t now = e.header.time_unix_ns;
  if (shown_.size() >= families()[static_cast<std::size_t>(Id::certificate_expiry)].limit &&
      !shown_.contains({where, key}))
    return;
  shown_[{where, key}] = now;
  std::erase_if(shown_, [&](const auto& one) {
    const bool replaced = one.first.first == where && one.second + kReplacedAfterNs < now;
    if (replaced) registry_.remove(Id::certificate_expiry, {broker, listener, one.first.second});
    return replaced;
  });
}

void Metrics::judged(const event::Header& header, const policy::Judgement& judgement,
                     std::string_view action) {
  if (judgement.profile == nullptr) return;
  const std::string profile = profile_label(judgement);
  registry_.add(Id::policy_verdicts,
                {header.broker, profile, policy::verdict_name(judgement.verdict), action});
  for (const policy::Violation& violation : judgement.violations)
    registry_.add(Id::policy_violations, {header.broker, profile, violation.rule, action});
}

void Metrics::on(const event::MqttIdentified& e) {
  judged(e.header, e.policy, "mqtt-identified");
}

void Metrics::on(const event::SessionEnd& e) {
  registry_.add(Id::sessions_ended, {e.header.broker, e.reason});
  judged(e.header, e.policy, "session-end");
  if (!e.mfln.negotiated) return;
  registry_.add(Id::mfln_sessions, {e.header.broker, profile_label(e.policy), mfln_label(e.mfln.negotiated),
                                    honoured_label(e.mfln.honoured)});
}

void Metrics::on(const event::DeviceReport& e) {
  registry_.add(Id::device_reports, {e.header.broker, e.stack, e.phase});
}

void Metrics::on(const event::DeviceLog& e) {
  registry_.add(Id::device_log_lines, {e.header.broker, e.via == event::Via::syslog ? "syslog" : "mqtt"});
}

void Metrics::on(const event::Diagnosis& e) {
  const std::string_view broker = e.header.broker;
  const std::string_view cause = cause_label(e.cause);
  const bool by_device = !e.stage;
  if (by_device) registry_.add(Id::reported_causes, {broker, cause});
  if (e.inference != event::Inference::none) {
    registry_.add(Id::inferences,
                  {broker, e.inference == event::Inference::confirmed ? "confirmed" : "refuted"});
  }
  if (e.failures == 0) return;
  const auto failures = static_cast<double>(e.failures);
  if (e.stranger) return registry_.add(Id::stranger_failures, {broker, cause}, failures);
  const std::string_view stage = by_device ? std::string_view("unseen") : facts::stage_name(*e.stage);
  registry_.add(Id::failures, {broker, listener_label(e.listener_port), stage, cause}, failures);
  registry_.add(Id::failure_identities, {broker, event::how_name(e.who.how)}, failures);
}

void Metrics::on(const event::EventsLost& e) {
  registry_.add(Id::events_lost, {e.header.broker}, static_cast<double>(e.lost));
}

void Metrics::take(const Gauges& gauges) {
  const std::lock_guard lock(mutex_);
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  for (const BrokerGauges& one : gauges.brokers) {
    registry_.set(Id::ring_following, {one.broker}, one.following ? 1 : 0);
    registry_.set(Id::devices_known, {one.broker}, number(one.devices));
    if (one.last_batch_ns != 0) registry_.set(Id::last_batch, {one.broker}, seconds(one.last_batch_ns));
    if (one.ring_size == 0) continue;
    registry_.set(Id::ring_size, {one.broker}, number(one.ring_size));
    registry_.set(Id::ring_used, {one.broker}, number(one.ring_used));
  }
  registry_.zero(Id::incidents_open);
  for (const auto& [of, count] : gauges.incidents_open)
    registry_.add(Id::incidents_open, {of.first, cause_label(of.second)}, number(count));
  registry_.set(Id::sessions_open, {}, number(gauges.sessions_open));
  registry_.set(Id::log_writable, {}, gauges.log_writable ? 1 : 0);
  registry_.set(Id::log_lines, {}, number(gauges.log_lines));
  registry_.set(Id::process_cpu, {}, gauges.cpu_s);
  registry_.set(Id::process_memory, {}, number(gauges.memory_bytes));
  if (gauges.pipeline == nullptr) return;
  const event::PipelineCounters& met = *gauges.pipeline;
  registry_.set(Id::records, {}, number(met.records));
  registry_.set(Id::unreadable, {"section"}, number(met.bad_sections));
  registry_.set(Id::unreadable, {"tls-message"}, number(met.unreadable_messages));
  registry_.set(Id::unreadable, {"device-report"}, number(met.unreadable_reports));
  registry_.set(Id::unreadable, {"syslog-datagram"}, number(met.unreadable_datagrams));
}

}  // namespace tlswatch::metrics
