#include "daemon/core/event/names.h"
#include "daemon/core/fleet/ids.h"
#include "daemon/core/tls/alert.h"
#include "daemon/core/wire/names.h"
#include "daemon/store/limits.h"
#include "daemon/store/reader_impl.h"

// A device's sessions, and what was said of it.
namespace tlswatch::store {
namespace {

std::vector<std::string> alerts_of(std::string_view packed) {
  std::vector<std::string> out;
  for (; packed.size() >= 2; packed.remove_prefix(2)) {
    const auto code = static_cast<std::uint8_t>(packed[1]);
    const std::string_view name = tls::alert_name(code);
    std::string text(facts::direction_name(static_cast<wire::Direction>(packed[0])));
    text += " ";
    text += name.empty() ? std::to_string(code) : std::string(name);
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace

SessionRow Reader::Impl::to_row(const SessionRecord& s, std::string_view device) {
  SessionRow out;
  out.id = session_name(s.id);
  out.broker = words.text(s.broker);
  out.outside_device_id = device;
  out.identity_how = event::how_name(static_cast<event::How>(s.how));
  out.started_ns = s.started_ns;
  out.ended_ns = s.ended_ns;
  out.handshake_ns = s.handshake_ns;
  out.ip = s.ip;
  out.port = s.port;
  out.listener_port = s.listener_port;
  out.outside_server_name = s.server_name;
  out.ja4 = s.ja4;
  out.established = s.established;
  out.stage = facts::stage_name(static_cast<wire::Stage>(s.stage));
  out.tls = to_tls(s.facts, words);
  out.policy = to_policy(s.facts, words);
  out.alerts = alerts_of(s.alerts);
  out.outside_openssl = s.openssl;
  out.end_reason = words.text(s.reason);
  out.bytes_in = s.bytes_in;
  out.bytes_out = s.bytes_out;
  out.cause = words.text(s.cause);
  return out;
}

std::vector<SessionRow> Reader::Impl::session_rows(Statement& statement, std::string_view device) {
  std::vector<SessionRow> out;
  while (statement.next()) out.push_back(to_row(read_session(statement), device));
  statement.reset();
  return out;
}

std::vector<LineRow> Reader::Impl::lines(Statement& row) {
  std::vector<LineRow> out;
  while (row.next()) {
    out.push_back({row.get<std::uint64_t>(0), std::string(words.text(row.get<WordId>(1))),
                   session_name(row.integer(2)), row.text(3)});
  }
  row.reset();
  return out;
}

Reader::Answer<std::vector<SessionRow>> Reader::sessions(std::string_view broker, std::string_view device,
                                                         std::size_t limit) {
  return impl_->answer<std::vector<SessionRow>>([&](std::vector<SessionRow>& out) {
    Statement& rows =
        impl_->database
            .sql("SELECT " TLSWATCH_STORE_SESSION
                 " FROM session WHERE device = ?1 AND device <> 0 ORDER BY started DESC LIMIT ?2")
            .with(impl_->device_id(broker, device), std::min(limit, kMaxPage));
    out = impl_->session_rows(rows, device);
  });
}

Reader::Answer<std::vector<SessionRow>> Reader::sessions_at(std::string_view broker, std::string_view ip,
                                                            std::size_t limit) {
  return impl_->answer<std::vector<SessionRow>>([&](std::vector<SessionRow>& out) {
    const auto word = impl_->words.find(broker);
    if (!word) return;
    Statement& rows =
        impl_->database
            .sql("SELECT " TLSWATCH_STORE_SESSION
                 " FROM session WHERE loose = 1 AND broker = ? AND ip = ? ORDER BY started DESC LIMIT ?")
            .with(*word, ip, std::min(limit, kMaxPage));
    out = impl_->session_rows(rows, {});
  });
}

Reader::Answer<std::vector<SessionRow>> Reader::session(std::string_view id) {
  return impl_->answer<std::vector<SessionRow>>([&](std::vector<SessionRow>& out) {
    fleet::EventPosition name;  // a session's name has an event's form
    if (!fleet::parse_event_id(id, name) || name.sequence >> kSessionBits != 0) return;
    const auto broker = impl_->words.find(name.stream);
    if (!broker) return;
    Statement& ring =
        impl_->database.sql("SELECT id FROM ring WHERE broker = ? AND epoch = ?").with(*broker, name.epoch);
    const std::int64_t known = ring.next() ? ring.integer(0) : 0;
    ring.reset();
    if (known == 0) return;
    Statement& row = impl_->database.sql("SELECT " TLSWATCH_STORE_SESSION " FROM session WHERE id = ?")
                         .with(known << kSessionBits | static_cast<std::int64_t>(name.sequence));
    std::optional<SessionRecord> record;
    if (row.next()) record = read_session(row);
    row.reset();
    if (record) out.push_back(impl_->to_row(*record, impl_->device_name(record->device)));
  });
}

Reader::Answer<std::vector<LineRow>> Reader::lines(std::string_view broker, std::string_view device,
                                                   std::size_t limit) {
  return impl_->answer<std::vector<LineRow>>([&](std::vector<LineRow>& out) {
    Statement& rows = impl_->database
                          .sql(
                              "SELECT at, action, session, json FROM line WHERE device = ?1 AND device <> 0 "
                              "ORDER BY id DESC LIMIT ?2")
                          .with(impl_->device_id(broker, device), std::min(limit, kMaxPage));
    out = impl_->lines(rows);
  });
}

}  // namespace tlswatch::store
