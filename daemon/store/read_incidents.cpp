#include <algorithm>

#include "daemon/core/incident/fold.h"
#include "daemon/core/incident/incident.h"
#include "daemon/store/hours.h"
#include "daemon/store/reader_impl.h"

// Incidents, who is in them, and what was said of them.
namespace tlswatch::store {
namespace {

#define TLSWATCH_STORE_INCIDENT                                                                             \
  "id,name,broker,cause,profile,subject,port,open,first_seen,last_seen,resolved,devices,at_least,failures," \
  "reopened,merged_into,hours"

IncidentRow read_incident(const Statement& s, const Words& words) {
  IncidentRow out;
  int c = 1;
  out.id = s.text(c++);
  out.broker = words.text(s.get<WordId>(c++));
  out.cause = words.text(s.get<WordId>(c++));
  out.profile = words.text(s.get<WordId>(c++));
  out.subject = s.text(c++);
  out.listener_port = s.get<std::uint16_t>(c++);
  out.open = s.get<bool>(c++);
  out.first_seen_ns = s.get<std::uint64_t>(c++);
  out.last_seen_ns = s.get<std::uint64_t>(c++);
  out.resolved_ns = s.get<std::uint64_t>(c++);
  if (out.open) out.resolved_ns = 0;
  out.devices = s.get<std::uint64_t>(c++);
  out.devices_at_least = s.get<bool>(c++);
  out.failures = s.get<std::uint64_t>(c++);
  out.reopened = s.get<std::uint64_t>(c++);
  out.merged_into = s.text(c++);
  for (const incident::HourCount& hour : unpack_hours(s.bytes(c++)))
    out.hours.push_back(
        {static_cast<std::uint64_t>(hour.from_unix_s) * incident::kNsPerSecond, hour.failures});
  return out;
}

bool fits(const IncidentRow& row, const Filter& filter) {
  if (filter.open_only && !row.open) return false;
  if (row.last_seen_ns < filter.since_ns) return false;
  if (!filter.broker.empty() && row.broker != filter.broker) return false;
  if (!filter.cause.empty() && row.cause != filter.cause) return false;
  if (!filter.profile.empty() && row.profile != filter.profile) return false;
  return has_part(row.id, filter.search) || has_part(row.subject, filter.search);
}

}  // namespace

Reader::Answer<Page<IncidentRow>> Reader::incidents(const Filter& filter, std::size_t limit,
                                                    std::string_view after) {
  const auto place = to_place(after);
  if (!after.empty() && !place) return std::string("this list has no such place; begin it anew");
  limit = std::clamp<std::size_t>(limit, 1, kMaxPage);
  return impl_->answer<Page<IncidentRow>>([&](Page<IncidentRow>& out) {
    ListPlace last;
    for (const bool open : {true, false}) {
      if (!open && filter.open_only) break;
      if (place && open && !place->first) continue;
      const bool from_place = place && place->first == open;
      const std::uint64_t to = from_place ? place->at_ns : UINT64_MAX >> 1;
      Statement& row = impl_->database
                           .sql("SELECT " TLSWATCH_STORE_INCIDENT
                                " FROM incident WHERE open = ? AND last_seen <= ? AND last_seen >= ? "
                                "ORDER BY last_seen DESC, id")
                           .with(open, to, filter.since_ns);
      while (out.next.empty() && row.next()) {
        const ListPlace here{open, row.get<std::uint64_t>(9), row.integer(0)};
        if (from_place && here.at_ns == to && here.id <= place->id) continue;
        IncidentRow incident = read_incident(row, impl_->words);
        if (incident.cause.empty() || !fits(incident, filter)) continue;
        if (out.rows.size() == limit) {
          out.next = to_text(last);
          break;
        }
        out.rows.push_back(std::move(incident));
        last = here;
      }
      row.reset();
    }
  });
}

Reader::Answer<std::vector<IncidentRow>> Reader::incident(std::string_view id) {
  return impl_->answer<std::vector<IncidentRow>>([&](std::vector<IncidentRow>& out) {
    Statement& whole =
        impl_->database.sql("SELECT " TLSWATCH_STORE_INCIDENT " FROM incident WHERE name = ?").with(id);
    if (whole.next()) out.push_back(read_incident(whole, impl_->words));
    whole.reset();
    if (!out.empty()) return;
    Statement& tail =
        impl_->database.sql("SELECT " TLSWATCH_STORE_INCIDENT " FROM incident WHERE tail = ? LIMIT 2")
            .with(id);
    while (tail.next()) out.push_back(read_incident(tail, impl_->words));
    tail.reset();
    if (out.size() > 1) out.clear();
  });
}

Reader::Answer<std::vector<VictimRow>> Reader::victims(std::string_view incident, std::size_t limit) {
  return impl_->answer<std::vector<VictimRow>>([&](std::vector<VictimRow>& out) {
    Statement& row = impl_->database
                         .sql(
                             "SELECT i.broker, v.kind, v.key, v.failures, v.last_failure_s, v.failing "
                             "FROM incident i JOIN victim v ON v.incident = i.id WHERE i.name = ? "
                             "ORDER BY v.failing DESC, v.last_failure_s DESC LIMIT ?")
                         .with(incident, std::min(limit, kMaxPage));
    while (row.next()) {
      VictimRow victim;
      victim.broker = impl_->words.text(row.get<WordId>(0));
      const std::string_view key = row.bytes(2);
      const bool device = row.get<incident::Victim::Kind>(1) == incident::Victim::Kind::device;
      if (device) victim.outside_device_id = key;
      if (!device) victim.ip = key.substr(0, key.find('/'));
      victim.failures = row.get<std::uint64_t>(3);
      victim.last_failure_ns = row.get<std::uint64_t>(4) * incident::kNsPerSecond;
      victim.failing = row.get<bool>(5);
      out.push_back(std::move(victim));
    }
    row.reset();
    for (VictimRow& victim : out) {
      if (victim.outside_device_id.empty()) continue;
      Statement& device = impl_->database.sql("SELECT ip FROM device WHERE id = ?")
                              .with(impl_->device_id(victim.broker, victim.outside_device_id));
      if (device.next()) victim.ip = device.text(0);
      device.reset();
    }
  });
}

Reader::Answer<std::vector<LineRow>> Reader::incident_lines(std::string_view incident, std::size_t limit) {
  return impl_->answer<std::vector<LineRow>>([&](std::vector<LineRow>& out) {
    Statement& rows =
        impl_->database
            .sql(
                "SELECT at, action, session, json FROM line WHERE incident = "
                "(SELECT id FROM incident WHERE name = ?) AND incident <> 0 ORDER BY id DESC LIMIT ?")
            .with(incident, std::min(limit, kMaxPage));
    out = impl_->lines(rows);
  });
}

}  // namespace tlswatch::store
