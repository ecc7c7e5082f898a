#include "daemon/store/recall.h"

#include <algorithm>

#include "daemon/core/event/events.h"
#include "daemon/core/wire/address_text.h"
#include "daemon/store/hours.h"
#include "daemon/store/limits.h"

namespace tlswatch::store {
namespace {

std::optional<facts::Address> address_of(std::string_view ip, std::uint16_t port) {
  auto out = facts::parse_address(ip);
  if (out) out->port = port;
  return out;
}

/// Text that is no JA4 was not written by us.
std::optional<tls::Ja4> ja4_of(std::string_view text) noexcept {
  tls::Ja4 out;
  if (text.size() != out.text.size()) return std::nullopt;
  std::ranges::copy(text, out.text.begin());
  return out;
}

class Recaller {
 public:
  Recaller(Database& database, const Words& words, const Recall& to)
      : database_(database), words_(words), to_(to) {}

  void positions() {
    Statement& row = database_.sql("SELECT stream, epoch, sequence FROM position").with();
    while (row.next()) to_.counted(row.bytes(0), row.get<std::uint64_t>(1), row.get<std::uint64_t>(2));
    row.reset();
  }

  /// By the index of the list, so that nothing is sorted: those that fail come last.
  void devices() {
    for (const bool failing : {false, true}) {
      Statement& row = database_
                           .sql("SELECT " TLSWATCH_STORE_DEVICE
                                " FROM device INDEXED BY device_order WHERE failing = ? ORDER BY last_seen")
                           .with(failing);
      while (row.next()) {
        const DeviceRecord record = read_device(row);
        if (record.last_success_ns == 0) continue;
        if (const auto device = to_device(record)) to_.device(*device);
      }
      row.reset();
    }
  }

  void sessions() {
    Statement& row =
        database_
            .sql(
                "SELECT s.id, s.ip, s.port, s.listener, s.started, s.version, s.cipher, "
                "s.mfln_requested, s.mfln_negotiated, s.ja4, d.name, s.broker, r.epoch, s.how FROM session s "
                "JOIN device d ON d.id = s.device JOIN ring r ON r.id = s.id >> ?1 "
                "WHERE s.open = 1 LIMIT ?2")
            .with(kSessionBits, fleet::kMaxSessions);
    while (row.next()) {
      const auto broker = to_.broker(words_.text(row.get<WordId>(11)));
      if (!broker) continue;
      fleet::Session out;
      const auto number = row.integer(0) & ((std::int64_t{1} << kSessionBits) - 1);
      out.key = {*broker, row.get<std::uint64_t>(12), static_cast<std::uint64_t>(number)};
      out.peer = address_of(row.bytes(1), row.get<std::uint16_t>(2));
      if (const auto port = row.get<std::uint16_t>(3); port != 0) out.local = facts::Address{{}, 0, port};
      out.first_seen_unix_ns = row.get<std::uint64_t>(4);
      out.established = true;
      out.version = row.get<std::uint16_t>(5);
      out.cipher_suite = row.get<std::uint16_t>(6);
      out.mfln_requested = row.get<std::uint16_t>(7);
      out.mfln_negotiated = row.get<std::uint16_t>(8);
      out.ja4 = ja4_of(row.bytes(9));
      out.device_id = out.met_as = row.text(10);
      out.named_by_log = row.get<event::How>(13) == event::How::broker_log;
      to_.session(out);
    }
    row.reset();
  }

  void incidents() {
    Statement& row =
        database_
            .sql(
                "SELECT id,name,broker,cause,profile,subject,port,open,first_seen,last_seen,resolved,devices,"
                "at_least,failing,failures,reopened,merged_into,hours,signature,held,lost,crowd,crowd_said_s,"
                "crowd_failed_s,told,told_open,told_s FROM (SELECT * FROM incident WHERE signature <> 0 "
                "ORDER BY last_seen DESC LIMIT ?) ORDER BY last_seen")
            .with(incident::kMaxIncidents);
    while (row.next()) {
      const incident::State state = to_state(row);
      if (!to_.broker(state.broker)) continue;
      to_.incident(state);
      victims(row.integer(0), state);
    }
    row.reset();
  }

 private:
  std::optional<fleet::Device> to_device(const DeviceRecord& d) const {
    const auto broker = to_.broker(words_.text(d.broker));
    if (!broker) return std::nullopt;
    fleet::Device out;
    out.broker = *broker;
    out.id = d.name;
    out.place = fleet::place_of(*broker, facts::parse_address(d.good_ip));
    out.hello = fleet::hello_id(ja4_of(d.good_ja4));
    out.hello_before = fleet::hello_id(ja4_of(d.ja4_before));
    out.open_sessions = static_cast<std::uint32_t>(d.open);
    out.connected_ns = d.last_success_ns;
    out.connected_before_ns = d.connected_before_ns;
    out.gone_ns = d.gone_ns;
    out.gone_before_ns = d.gone_before_ns;
    out.stayed = d.stayed;
    out.failing_ns = d.failing ? d.last_failure_ns : 0;
    out.failing_confidence = d.sure / 1000.0;
    for (std::size_t i = 0; i < out.told.size(); ++i)
      out.told[i] = {d.told[i].era, d.told[i].seq, d.told[i].count};
    return out;
  }

  incident::State to_state(const Statement& s) const {
    incident::State out;
    int c = 1;
    out.id = s.text(c++);
    out.broker = words_.text(s.get<WordId>(c++));
    out.cause = words_.text(s.get<WordId>(c++));
    out.profile = words_.text(s.get<WordId>(c++));
    out.subject = s.text(c++);
    out.port = s.get<std::uint16_t>(c++);
    out.open = s.get<bool>(c++);
    out.first_seen_unix_ns = s.get<std::uint64_t>(c++);
    out.last_seen_unix_ns = s.get<std::uint64_t>(c++);
    out.resolved_unix_ns = s.get<std::uint64_t>(c++);
    out.devices = s.get<std::uint64_t>(c++);
    out.devices_at_least = s.get<bool>(c++);
    out.failing = s.get<std::uint64_t>(c++);
    out.failures = s.get<std::uint64_t>(c++);
    out.reopened = s.get<std::uint64_t>(c++);
    out.merged_into = s.text(c++);
    out.hours.restore(unpack_hours(s.bytes(c++)));
    out.signature = s.get<std::uint64_t>(c++);
    out.held = s.get<std::uint64_t>(c++);
    out.lost = s.get<std::uint64_t>(c++);
    out.crowd.count = s.get<std::uint64_t>(c++);
    out.crowd.last_said_s = s.get<std::uint32_t>(c++);
    out.crowd_failed_s = s.get<std::uint32_t>(c++);
    out.told = s.get<bool>(c++);
    out.told_open = s.get<bool>(c++);
    out.told_s = s.get<std::uint32_t>(c++);
    return out;
  }

  void victims(std::int64_t id, const incident::State& state) {
    Statement& row = database_
                         .sql(
                             "SELECT victim, failures, said_s, last_failure_s, failing, partial FROM victim "
                             "WHERE incident = ?")
                         .with(id);
    while (row.next()) {
      incident::VictimTable::Entry entry;
      entry.failures = {row.get<std::uint64_t>(1), row.get<std::uint32_t>(2)};
      entry.last_failure_s = row.get<std::uint32_t>(3);
      entry.failing = row.get<bool>(4);
      entry.partial = row.get<bool>(5);
      to_.victim(state, row.get<std::uint64_t>(0), entry);
    }
    row.reset();
  }

  Database& database_;
  const Words& words_;
  const Recall& to_;
};

}  // namespace

void recall(Database& database, const Words& words, const Recall& to) {
  Recaller recaller(database, words, to);
  recaller.positions();
  recaller.devices();
  recaller.sessions();
  recaller.incidents();
}

}  // namespace tlswatch::store
