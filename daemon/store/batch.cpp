#include "daemon/store/batch.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/store/limits.h"

namespace tlswatch::store {

void Kept::load(Database& database) {
  words.load(database);
  positions.clear();
  Statement& position = database.sql("SELECT stream, epoch, sequence, part, at FROM position").with();
  while (position.next())
    positions[position.text(0)] = {position.get<std::uint64_t>(1), position.get<std::uint64_t>(2),
                                   position.get<std::uint64_t>(3), position.get<std::uint64_t>(4)};
  rings.clear();
  Statement& ring = database.sql("SELECT broker, epoch, id FROM ring").with();
  while (ring.next()) rings[{ring.get<WordId>(0), ring.get<std::uint64_t>(1)}] = ring.integer(2);
  counters = {};
  Statement& counter = database.sql("SELECT key, value FROM meta").with();
  while (counter.next()) {
    const std::string_view key = counter.bytes(0);
    if (key == "devices") counters.devices = counter.integer(1);
    if (key == "connected") counters.connected = counter.integer(1);
    if (key == "failing") counters.failing = counter.integer(1);
    if (key == "never_through") counters.never_through = counter.integer(1);
  }
}

bool Batch::take(const Note& note) {
  Position& position = kept_.positions[note.stream];
  if (position.holds(note.epoch, note.sequence, note.part)) return false;
  position = {note.epoch, note.sequence, note.part, note.time_unix_ns};
  const At at{note, kept_.words.of(database_, note.broker)};
  std::visit([&](const auto& what) { on(at, what); }, note.what);
  return true;
}

/// A broker with a new ring was started anew: what was open in the old one is over, and nobody saw when.
std::int64_t Batch::ring_of(WordId broker, std::uint64_t epoch, std::uint64_t now_ns) {
  const auto known = kept_.rings.find({broker, epoch});
  if (known != kept_.rings.end()) return known->second;
  std::vector<std::int64_t> open;
  for (auto& [id, session] : sessions_) {
    if (session.broker == broker && session.open()) open.push_back(id);
  }
  Statement& others = database_.sql("SELECT id FROM session WHERE open = 1 AND broker = ?").with(broker);
  while (others.next()) open.push_back(others.integer(0));
  others.reset();
  for (const std::int64_t id : open) {
    SessionRecord* const over = session(id);
    if (over == nullptr || !over->open()) continue;
    over->reason = kept_.words.of(database_, "unknown");
    end(*over, now_ns);
  }
  database_.sql("INSERT INTO ring(broker, epoch) VALUES(?, ?)").with(broker, epoch).run();
  const std::int64_t id = sqlite3_last_insert_rowid(database_.handle());
  kept_.rings[{broker, epoch}] = id;
  return id;
}

std::int64_t Batch::session_id(const At& at, const SessionName& name) {
  if (name.number == 0) return 0;
  const std::int64_t ring = ring_of(at.broker, name.epoch, at.time_ns());
  return (ring << kSessionBits) + static_cast<std::int64_t>(name.number);
}

SessionRecord* Batch::session(std::int64_t id) {
  if (const auto known = sessions_.find(id); known != sessions_.end()) return &known->second;
  Statement& row = database_.sql("SELECT " TLSWATCH_STORE_SESSION " FROM session WHERE id = ?").with(id);
  if (!row.next()) return row.reset(), nullptr;
  SessionRecord& out = sessions_[id] = read_session(row);
  row.reset();
  return &out;
}

SessionRecord* Batch::session(const At& at, const SessionName& name, bool make) {
  const std::int64_t id = session_id(at, name);
  if (id == 0) return nullptr;
  SessionRecord* out = session(id);
  if (out == nullptr && !make) return nullptr;
  if (out == nullptr) {
    out = &sessions_[id];
    out->id = id;
    out->broker = at.broker;
    out->fresh = true;
    out->how = static_cast<std::uint8_t>(event::How::unknown);
  }
  out->dirty = true;
  return out;
}

DeviceRecord* Batch::device(std::int64_t id) {
  if (id == 0) return nullptr;
  if (const auto known = devices_.find(id); known != devices_.end()) return &known->second;
  Statement& row = database_.sql("SELECT " TLSWATCH_STORE_DEVICE " FROM device WHERE id = ?").with(id);
  if (!row.next()) return row.reset(), nullptr;
  DeviceRecord& out = devices_[id] = read_device(row);
  row.reset();
  return &out;
}

DeviceRecord* Batch::device(const At& at, const std::string& name, bool make) {
  if (name.empty()) return nullptr;
  std::string key = std::to_string(at.broker);
  key.append(" ") += name;
  if (const auto known = device_ids_.find(key); known != device_ids_.end()) return device(known->second);
  Statement& row =
      database_.sql("SELECT id FROM device WHERE name = ? AND broker = ?").with(Bytes{name}, at.broker);
  std::int64_t id = row.next() ? row.integer(0) : 0;
  row.reset();
  if (id != 0) {
    device_ids_[key] = id;
    return device(id);
  }
  if (!make) return nullptr;
  database_.sql("INSERT INTO device(broker, name) VALUES(?, ?)").with(at.broker, Bytes{name}).run();
  id = sqlite3_last_insert_rowid(database_.handle());
  database_.sql("INSERT INTO device_text(rowid, name) VALUES(?, ?)").with(id, text::to_utf8(name)).run();
  device_ids_[key] = id;
  DeviceRecord& out = devices_[id];
  out.id = id;
  out.broker = at.broker;
  out.name = name;
  out.first_seen_ns = at.time_ns();
  out.fresh = out.dirty = true;
  return &out;
}

void Batch::count_hour(std::uint64_t at_ns, WordId broker, WordId cause, std::int64_t n) {
  constexpr std::uint64_t kHourNs = 3'600'000'000'000;
  hours_[{at_ns / kHourNs * 3600, broker, cause}] += n;
}

void Batch::keep_line(const At& at, std::int64_t device, std::int64_t incident, std::string_view action,
                      std::int64_t session, const std::string& json) {
  if (device == 0 && incident == 0) return;
  database_.sql("INSERT INTO line(device, incident, at, action, session, json) VALUES(?,?,?,?,?,?)")
      .with(device, incident, at.time_ns(), kept_.words.of(database_, action), session, json)
      .run();
  device != 0 ? new_lines_.insert({device, false}) : new_lines_.insert({incident, true});
}

void Batch::see_certificate(const At& at, std::uint16_t port, bool of_client, std::int64_t session,
                            const event::CertificateFacts& certificate) {
  std::string sha256(reinterpret_cast<const char*>(certificate.sha256.data()), certificate.sha256.size());
  if (!certificates_.insert({at.broker, port, of_client, sha256}).second) return;
  database_
      .sql(
          "INSERT INTO certificate VALUES(?,?,?,?,?,0,?,?,?,?,?,?) "
          "ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen, session = excluded.session")
      .with(at.broker, port, of_client, Bytes{sha256}, session,
            Bytes{certificate.subject.substr(0, kMaxText)}, Bytes{certificate.issuer.substr(0, kMaxText)},
            kept_.words.of(database_, certificate.key_algorithm), certificate.key_bits,
            certificate.not_after_unix_s, at.time_ns())
      .run();
}

void Batch::prune_sessions(std::int64_t device) {
  database_
      .sql(
          "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE device = ?1 AND device <> 0 "
          "ORDER BY started DESC LIMIT -1 OFFSET ?2)")
      .with(device, kSessionsPerDevice)
      .run();
}

std::vector<std::pair<std::string_view, std::string>> requirements(const Facts& facts, const Words& words) {
  std::vector<std::pair<std::string_view, std::string>> out;
  if (facts.version == 0) return out;
  const Tls tls = to_tls(facts, words);
  out.emplace_back("version", tls.version);
  out.emplace_back("cipher", tls.cipher);
  out.emplace_back("mfln", facts.mfln_negotiated ? std::to_string(*facts.mfln_negotiated) : "none");
  if (!tls.key_algorithm.empty())
    out.emplace_back("key", tls.key_algorithm + " " + std::to_string(facts.key_bits));
  if (std::string verdict = to_policy(facts, words).verdict; !verdict.empty())
    out.emplace_back("verdict", std::move(verdict));
  return out;
}

void Batch::count_compliance(WordId broker, const Facts& facts, std::int64_t n) {
  for (auto& [requirement, value] : requirements(facts, kept_.words))
    compliance_[{broker, facts.profile, kept_.words.of(database_, requirement), std::move(value)}] += n;
}

void Batch::save_device(DeviceRecord& device) {
  if (device.recheck) recheck(device);
  const bool same = device.facts == device.was.facts;
  if (!same) count_compliance(device.broker, device.was.facts, -1);
  if (!same) count_compliance(device.broker, device.facts, 1);
  Counters& counters = kept_.counters;
  const bool through = device.last_success_ns != 0;
  counters.devices += device.was.known ? 0 : 1;
  counters.connected += (device.connected() ? 1 : 0) - (device.was.connected ? 1 : 0);
  counters.failing += (device.failing ? 1 : 0) - (device.was.failing ? 1 : 0);
  counters.never_through += (through ? 0 : 1) - (device.was.known && !device.was.through ? 1 : 0);
  save(database_, device);
  const std::uint64_t now = device.sessions + device.failures;
  if (now > kSessionsPerDevice && now / kPruneEvery != device.given / kPruneEvery) prune_sessions(device.id);
}

void Batch::finish() {
  std::set<std::pair<WordId, std::string>> nameless;
  for (auto& [id, session] : sessions_) {
    if (!session.dirty) continue;
    save(database_, session);
    if (session.loose()) nameless.insert({session.broker, session.ip});
  }
  for (auto& [id, device] : devices_) {
    if (device.dirty) save_device(device);
  }
  for (const auto& [broker, ip] : nameless) {
    database_
        .sql(
            "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE loose = 1 AND broker = ? AND ip = "
            "? "
            "ORDER BY started DESC LIMIT -1 OFFSET ?)")
        .with(broker, ip, kSessionsPerAddress)
        .run();
  }
  for (const auto& [id, of_incident] : new_lines_) {
    Statement& prune = of_incident
                           ? database_.sql(
                                 "DELETE FROM line WHERE id IN (SELECT id FROM line WHERE incident = ?1 "
                                 "AND incident <> 0 AND device = 0 ORDER BY id DESC LIMIT -1 OFFSET ?2)")
                           : database_.sql(
                                 "DELETE FROM line WHERE id IN (SELECT id FROM line WHERE device = ?1 "
                                 "AND device <> 0 ORDER BY id DESC LIMIT -1 OFFSET ?2)");
    prune.with(id, of_incident ? kLinesPerIncident : kLinesPerDevice).run();
  }
  for (const auto& [key, n] : hours_) {
    const auto& [from_s, broker, cause] = key;
    database_
        .sql("INSERT INTO hour VALUES(?,?,?,max(?4,0)) ON CONFLICT DO UPDATE SET count = max(count + ?4, 0)")
        .with(from_s, broker, cause, n)
        .run();
  }
  for (const auto& [key, n] : compliance_) {
    if (n == 0) continue;
    const auto& [broker, profile, requirement, value] = key;
    database_.sql("INSERT INTO compliance VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET devices = devices + ?5")
        .with(broker, profile, requirement, value, n)
        .run();
  }
  for (const auto& [stream, at] : kept_.positions)
    database_.sql("INSERT OR REPLACE INTO position VALUES(?,?,?,?,?)")
        .with(stream, at.epoch, at.sequence, at.part, at.at_ns)
        .run();
  save_counters(database_, kept_.counters);
}

void save_counters(Database& database, const Counters& c) {
  const std::pair<std::string_view, std::int64_t> totals[] = {{"devices", c.devices},
                                                              {"connected", c.connected},
                                                              {"failing", c.failing},
                                                              {"never_through", c.never_through}};
  for (const auto& [key, value] : totals)
    database.sql("INSERT OR REPLACE INTO meta VALUES(?, ?)").with(key, value).run();
}

}  // namespace tlswatch::store
