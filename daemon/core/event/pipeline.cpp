#include "daemon/core/event/pipeline.h"

#include "daemon/core/event/pipeline_context.h"
#include "daemon/core/text/utf8.h"
#include "daemon/core/wire/decode.h"

namespace tlswatch::event {
namespace {

std::string text_or(const std::optional<facts::Blob>& blob, std::string_view fallback) {
  return blob ? text::to_utf8(blob->text()) : std::string(fallback);
}

struct CounterName {
  wire::Counter counter;
  std::string_view sentence;
};
constexpr CounterName kCounterNames[] = {
    {wire::Counter::unwatched_sessions, "sessions not watched, its pool was full"},
    {wire::Counter::unbuffered_handshakes, "handshakes without their messages, no buffer was free"},
    {wire::Counter::foreign_ssl, "SSL objects that are not the broker's sessions"},
    {wire::Counter::oversized_reports, "reports or log lines cut at the limit"},
    {wire::Counter::unknown_sender, "reports whose session is not known"},
};

}  // namespace

void Pipeline::take(const Broker& broker, std::uint64_t epoch, const wire::Record& record, const Emit& emit) {
  const facts::Event event = facts::decode(record);
  again_ = is_counted(broker.name, epoch, record.sequence);
  ++counters_.records;
  counters_.bad_sections += event.bad_sections;
  counters_.unknown_sections += event.unknown_sections;
  fleet_.knows_since(broker.index, event.time_unix_ns);
  const Context context{broker, {broker.name, epoch}, event, emit};
  std::visit([&](const auto& facts) { on(context, facts); }, event.facts);
}

void Pipeline::lost(const Broker& broker, std::uint64_t epoch, std::uint64_t from, std::uint64_t to,
                    std::uint64_t now_unix_ns, const Emit& emit) {
  const std::uint64_t count = to - from + 1;
  const fleet::RingId ring{broker.name, epoch};
  last_loss_[broker.index] = {epoch, to};
  fleet_.lost(broker.index, now_unix_ns);
  emit(EventsLost{
      {fleet::event_id(ring, from), from, 0, now_unix_ns, broker.name, broker.name, epoch, Outcome::unknown,
       std::to_string(count) + " events were lost: the ring was full, or could not be read"},
      count,
      from,
      to});
}

bool Pipeline::is_counted(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence) const {
  const auto found = counted_.find(stream);
  return found != counted_.end() && found->second.epoch == epoch && sequence <= found->second.sequence;
}

fleet::Session& Pipeline::open_session(const Context& context) {
  fleet::Session& session = sessions_.open(context.key());
  session.last_sequence = context.record.sequence;
  return session;
}

const fleet::Session* Pipeline::known_session(const Context& context) {
  fleet::Session* session = context.record.session != 0 ? sessions_.find(context.key()) : nullptr;
  if (session != nullptr) session->last_sequence = context.record.sequence;
  return session;
}

void Pipeline::on(const Context&, const facts::Unknown&) {
  ++counters_.unknown_records;
}

void Pipeline::on(const Context& context, const facts::BrokerStart& start) {
  notices_.push_back({false, "broker " + std::string(context.broker.name) + " is watched: Mosquitto " +
                                 text_or(start.broker_version, "of unknown version") + ", " +
                                 text_or(start.openssl_version, "OpenSSL of unknown version") + ", plugin " +
                                 text_or(start.plugin_version, "of unknown version")});
  close_all(context);  // an earlier run ended without saying so
}

void Pipeline::on(const Context& context, const facts::BrokerStop&) {
  notices_.push_back({false, "broker " + std::string(context.broker.name) + " stopped"});
  close_all(context);
}

void Pipeline::on(const Context& context, const facts::Counters& counters) {
  std::string text;
  for (const CounterName& row : kCounterNames) {
    const std::uint64_t total = counters.total[static_cast<std::size_t>(row.counter)];
    if (total == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(total) + " " + std::string(row.sentence);
  }
  if (text.empty()) return;
  notices_.push_back({true, "broker " + std::string(context.broker.name) + ": the plugin counts " + text});
}

/// The part of each line's id is the session's number: the same whatever else the table holds. A session may
/// have ended in any event that was lost since it was last seen, and nobody knows why or when.
void Pipeline::close_all(const Context& context) {
  const bool in_good_order = std::holds_alternative<facts::BrokerStop>(context.record.facts);
  const auto loss = last_loss_.find(context.broker.index);
  const std::uint64_t lost_to =
      loss != last_loss_.end() && loss->second.epoch == context.ring.epoch ? loss->second.to : 0;
  if (!again_) fleet_.stopped(context.broker.index, context.record.time_unix_ns);
  for (const fleet::Session& session : sessions_.take_all(context.broker.index, context.ring.epoch)) {
    if (!session.established) continue;
    SessionEnd end;
    end.session = fleet::session_text(context.ring, session.key.number);
    end.bridge = session.bridge;
    end.check = session.check;
    end.source = to_endpoint(session.peer);
    end.outside_device_id = session.device_id;
    end.outside_user = session.user;
    const bool end_lost = session.last_sequence < lost_to;
    end.reason = end_lost ? "unknown" : "broker-stopped";
    if (session.mfln_requested != 0) end.mfln.requested = session.mfln_requested;
    if (session.mfln_negotiated != 0) end.mfln.negotiated = session.mfln_negotiated;
    // When a broker crashed, nobody knows when the session ended.
    const bool timed = in_good_order && !end_lost && session.first_seen_unix_ns != 0 &&
                       session.first_seen_unix_ns <= context.record.time_unix_ns;
    if (timed) end.duration_ns = context.record.time_unix_ns - session.first_seen_unix_ns;
    end.header = context.header(Outcome::unknown,
                                "Session from " + endpoint_text(end.source) +
                                    (end_lost ? " ended: its end was lost" : " ended: the broker stopped"),
                                session.key.number);
    context.emit(end);
  }
}

}  // namespace tlswatch::event
