#include <cstring>

#include "daemon/store/batch.h"
#include "daemon/store/hours.h"

// The table of incidents, as the core has it.
namespace tlswatch::store {

std::int64_t Batch::incident_id(WordId broker, const std::string& name) {
  if (const auto known = incident_ids_.find(name); known != incident_ids_.end()) return known->second;
  Statement& row = database_.sql("SELECT id FROM incident WHERE name = ?").with(name);
  std::int64_t id = row.next() ? row.integer(0) : 0;
  row.reset();
  if (id == 0) {
    const std::string_view tail = std::string_view(name).substr(name.rfind(':') + 1);
    database_.sql("INSERT INTO incident(name, tail, broker) VALUES(?, ?, ?)").with(name, tail, broker).run();
    id = sqlite3_last_insert_rowid(database_.handle());
  }
  incident_ids_[name] = id;
  return id;
}

void Batch::take(const incident::State& state) {
  const WordId broker = kept_.words.of(database_, state.broker);
  database_
      .sql(
          "UPDATE incident SET cause=?2,profile=?3,subject=?4,port=?5,open=?6,first_seen=?7,last_seen=?8,"
          "resolved=?9,devices=?10,at_least=?11,failing=?12,failures=?13,reopened=?14,merged_into=?15,hours=?"
          "16,"
          "signature=?17,held=?18,lost=?19,crowd=?20,crowd_said_s=?21,crowd_failed_s=?22,told=?23,told_open=?"
          "24,"
          "told_s=?25 WHERE id=?1")
      .with(incident_id(broker, state.id), kept_.words.of(database_, state.cause),
            kept_.words.of(database_, state.profile), state.subject, state.port, state.open,
            state.first_seen_unix_ns, state.last_seen_unix_ns, state.resolved_unix_ns, state.devices,
            state.devices_at_least, state.failing, state.failures, state.reopened, state.merged_into,
            Bytes{pack_hours(state.hours.list())}, state.signature, state.held, state.lost, state.crowd.count,
            state.crowd.last_said_s, state.crowd_failed_s, state.told, state.told_open, state.told_s)
      .run();
}

void Batch::take(const incident::VictimState& state) {
  const std::int64_t incident = incident_id(
      kept_.words.of(database_, state.incident.substr(0, state.incident.rfind(':'))), state.incident);
  if (state.gone) {
    database_.sql("DELETE FROM victim WHERE incident = ? AND victim = ?").with(incident, state.victim).run();
    return;
  }
  const incident::VictimTable::Entry& e = state.entry;
  database_.sql("INSERT OR REPLACE INTO victim VALUES(?,?,?,?,?,?,?,?,?)")
      .with(incident, state.victim, state.kind, Bytes{state.key}, e.failures.count, e.failures.last_said_s,
            e.last_failure_s, e.failing, e.partial)
      .run();
}

}  // namespace tlswatch::store
