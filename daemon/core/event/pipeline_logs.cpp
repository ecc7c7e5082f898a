#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/pipeline_context.h"
#include "daemon/core/event/sender.h"
#include "daemon/core/event/session_verdict.h"
#include "daemon/core/syslog/syslog_message.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::event {
namespace {

using tasmota_log::LineKind;

/// Tasmota prints the MQTT state of a try right behind its TLS error.
constexpr std::uint64_t kSameTryNs = 5'000'000'000;

/// PubSubClient's states that are not about MQTT itself.
constexpr std::int32_t kConnectFailed = -2;
constexpr std::int32_t kNameUnknown = -5;

std::string_view phase_of(const tasmota_log::TasmotaLine& line) noexcept {
  if (line.kind == LineKind::tls_error) return "tls";
  if (line.number == kNameUnknown) return "dns";
  return line.number == kConnectFailed ? "tcp" : "mqtt";
}

std::string log_message(const DeviceLog& e) {
  std::string out = e.via == Via::syslog ? "The device at " + endpoint_text(e.source)
                                         : "Device " + text::to_utf8(e.outside_device_id);
  const std::string number = std::to_string(e.line.number);
  switch (e.line.kind) {
    case LineKind::tls_error:
      return out + " says: TLS connection error " + number + (e.name ? " (" + *e.name + ")" : "");
    case LineKind::connect_failed:
      return out + " says: no connection to " + text::to_utf8(e.line.outside_detail) + ", MQTT state " +
             number;
    case LineKind::tls_connected: return out + " says: TLS connected in " + number + " ms";
    case LineKind::cipher_suite: return out + " says: cipher suite " + text::to_utf8(e.line.outside_detail);
    case LineKind::mfln_unsupported: return out + " says: the server does not do MFLN";
    case LineKind::fingerprint_learned:
      return out + " says: learned the fingerprint " + text::to_utf8(e.line.outside_detail);
    case LineKind::server_fingerprint:
      return out + " says: the server's fingerprint is " + text::to_utf8(e.line.outside_detail);
  }
  return out;
}

/// A TLS error's number is Tasmota's or BearSSL's; a failed connection is Tasmota's 0 with its MQTT state.
catalog::Answer read_error(DeviceLog& e) {
  const bool tls = e.line.kind == LineKind::tls_error;
  e.error = true;
  e.code = tls ? e.line.number : 0;
  e.detail = tls ? 0 : e.line.number;
  e.phase = phase_of(e.line);
  const auto rc = tls ? std::nullopt : std::optional(e.line.number);
  catalog::Answer answer = catalog::lookup(static_cast<std::int32_t>(e.code), catalog::Stack::tasmota, rc);
  e.stack = catalog::stack_name(answer.stack.value_or(catalog::Stack::tasmota));
  if (answer.known()) {
    e.name = answer.name;
    e.meaning = std::string(answer.meaning);
  }
  return answer;
}

bool is_error(LineKind kind) noexcept {
  return kind == LineKind::tls_error || kind == LineKind::connect_failed;
}

/// A line without error is good news but for a server that leaves MFLN out.
Outcome outcome_of(LineKind kind) noexcept {
  if (is_error(kind)) return Outcome::failure;
  return kind == LineKind::tls_connected ? Outcome::success : Outcome::unknown;
}

/// Of the first line about a line that is no ring record.
Header header_at(const Broker& broker, const Place& place, std::uint64_t time_unix_ns, Outcome outcome) {
  return {fleet::event_id({place.stream, place.epoch}, place.sequence),
          place.sequence,
          0,
          time_unix_ns,
          broker.name,
          place.stream,
          place.epoch,
          outcome,
          {}};
}

}  // namespace

/// One try that fails gives two lines: "TLS connection error: 62" and "Connect failed to ..., rc -2". The
/// first is diagnosed where its number says something; the second where there was no first, or it said 0.
void Pipeline::emit_device_log(const Header& header, const std::string& talker, const fleet::Place& place,
                               DeviceLog& event, Diagnosis& diagnosis, const Emit& emit) {
  const bool error = is_error(event.line.kind);
  const catalog::Answer answer = error ? read_error(event) : catalog::Answer{};
  event.header = header;
  event.header.outcome = outcome_of(event.line.kind);
  event.header.message = log_message(event);
  emit(event);
  if (!error) return;

  const Talker* const known = talkers_.find(talker);
  const bool same_try = known != nullptr && header.time_unix_ns <= known->at_unix_ns + kSameTryNs;
  const bool tls = event.line.kind == LineKind::tls_error;
  const bool told = tls ? event.code == 0 : same_try && known->code != 0;
  if (tls) talkers_.open(talker) = {event.line.number, header.time_unix_ns};
  if (!tls) talkers_.erase(talker);
  if (told) return;
  diagnosis.source = event.source;
  const DeviceSide device{{event.stack, event.phase, event.code, event.detail}, answer};
  const fleet::Match match = overhear(header, place, device, diagnosis);
  conclude(match.failures.empty() ? nullptr : fleet_.ledger().find(match.failures.front()), &device,
           diagnosis);
  diagnosis.header = with_part(header, part::kDiagnosis);
  diagnosis.header.outcome = Outcome::failure;
  diagnosis.header.message = diagnosis_message(diagnosis);
  LinesOut lines{header, emit, part::kIncident};
  recount(match.failures, lines, diagnosis);
}

/// Only lines about the connection go on: others can carry secrets, and of none the text is kept.
void Pipeline::on(const Context& context, const facts::LogLine& record) {
  const auto line = record.payload ? tasmota_log::read_line(record.payload->text()) : std::nullopt;
  if (!line) {
    ++counters_.log_lines_dropped;
    return;
  }
  const fleet::Session* session = known_session(context);
  const Sender sender =
      sender_of(record, session, session != nullptr ? who(context.broker, *session) : Who{});
  DeviceLog event;
  event.via = Via::mqtt;
  event.line = *line;
  event.session = context.session();
  event.source = sender.source;
  event.outside_device_id = sender.id;
  event.relayed = sender.relayed;
  Diagnosis diagnosis;
  if (!event.session.empty()) diagnosis.sessions.push_back(event.session);
  diagnosis.outside_device_id = sender.id;
  diagnosis.who = sender.relayed ? Who{} : sender.who;
  const std::string talker = std::string(context.broker.name) + "/" + std::string(sender.id);
  emit_device_log(context.header(Outcome::unknown, {}), talker, {}, event, diagnosis, context.emit);
}

void Pipeline::take_syslog(const Broker& broker, const Place& place, std::uint64_t time_unix_ns,
                           const facts::Address& from, std::string_view datagram, const Emit& emit) {
  again_ = false;  // of datagrams nothing comes again
  const auto message = syslog::read_message(datagram);
  if (!message) {
    ++counters_.unreadable_datagrams;
    return;
  }
  const syslog::TasmotaText text(*message);
  const auto line = tasmota_log::read_line(text.view());
  if (!line) {
    ++counters_.log_lines_dropped;
    return;
  }
  DeviceLog event;
  event.via = Via::syslog;
  event.line = *line;
  event.source = Endpoint{facts::to_text(from), 0};
  event.outside_host = message->outside_host;
  Diagnosis diagnosis;
  // The address is all that is believed of a datagram, and a relay sends for many.
  constexpr std::size_t kEnoughOfHost = 64;
  const std::string talker = "syslog/" + std::string(event.source->ip.view()) + "/" +
                             std::string(event.outside_host.substr(0, kEnoughOfHost));
  const Header header = header_at(broker, place, time_unix_ns, Outcome::unknown);
  emit_device_log(header, talker, fleet::place_of(broker.index, from), event, diagnosis, emit);
}

void Pipeline::name_by_log(Header header, const Broker& broker, const broker_log::Login& login,
                           fleet::Session& session, const Emit& emit) {
  const policy::Profile* const before = profile_of(settings_.profiles, session);
  session.named_by_log = true;
  session.keepalive_by_log_s = login.keepalive_s;
  session.identity.reset();
  session.device_id = login.outside_id;
  session.user = login.outside_user;
  meet(session, header.time_unix_ns);
  MqttIdentified out;
  const policy::Profile* const profile = profile_of(settings_.profiles, session);
  if (profile != before) out.policy = judge_session(profile, session).policy;
  out.session = fleet::session_text({broker.name, session.key.epoch}, session.key.number);
  out.check = session.check;
  out.outside_device_id = session.device_id;
  out.outside_user = session.user;
  out.who = who(broker, session);
  out.header = std::move(header);
  out.header.message = "Session from " + endpoint_text(to_endpoint(session.peer)) + " is MQTT client " +
                       text::to_utf8(session.device_id);
  emit(out);
}

void Pipeline::take_broker_log(const Broker& broker, const Place& place, const broker_log::BrokerLine& read,
                               const broker_log::Span& written, const Emit& emit) {
  broker_log::LogJoin& join = joins_[broker.index];
  again_ = is_counted(place.stream, place.epoch, place.sequence);
  if (std::holds_alternative<broker_log::Ambiguous>(read.what)) join.ambiguous();
  if (std::holds_alternative<broker_log::Restarted>(read.what)) join.restarted();
  if (const auto* left = std::get_if<broker_log::Left>(&read.what)) join.left(*left, written);
  const auto* connected = std::get_if<broker_log::Connected>(&read.what);
  if (connected == nullptr) return;
  const auto named = join.connected(*connected, written);
  fleet::Session* session = named ? sessions_.find(named->session) : nullptr;
  if (session == nullptr || session->bridge) return;
  const bool known = session->identity && session->device_id == connected->outside_id &&
                     session->user == connected->outside_user;
  if (known) return;
  const std::uint64_t at_ns = std::max(written.from_ns, named->since_ns);
  const Header first = header_at(broker, place, at_ns, Outcome::success);
  name_by_log(
      first, broker,
      {std::string(connected->outside_id), std::string(connected->outside_user), connected->keepalive_s},
      *session, emit);
  recover(*session, {first, emit, part::kRecovered});
}

broker_log::LogJoin::Counters Pipeline::log_counters(std::uint32_t broker) const {
  const auto found = joins_.find(broker);
  return found == joins_.end() ? broker_log::LogJoin::Counters{} : found->second.counters();
}

}  // namespace tlswatch::event
