#include "daemon/store/tidy.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/store/limits.h"

namespace tlswatch::store {
namespace {

/// Tidy: one step. Every question asks an index, so that a step's time does not grow with the file.
class Tidy {
 public:
  Tidy(Database& database, Kept& kept, std::size_t rows)
      : database_(database), kept_(kept), rows_(static_cast<std::int64_t>(rows)) {}

  /// Removes what is older than this; how many rows, or about so many.
  std::int64_t older(std::uint64_t cutoff_ns) {
    std::int64_t gone = sessions(cutoff_ns);
    gone += change(database_
                       .sql("DELETE FROM line WHERE id IN (SELECT id FROM line WHERE at < ?1 AND id <= "
                            "(SELECT min(id) FROM line) + ?2)")
                       .with(cutoff_ns, rows_));
    gone += devices(cutoff_ns, std::max<std::int64_t>(rows_ / 8, 1),
                    "SELECT " TLSWATCH_STORE_DEVICE
                    " FROM device WHERE failing = ?3 AND last_seen < ?1 AND open = 0 "
                    "ORDER BY last_seen LIMIT ?2");
    gone += incidents(cutoff_ns, rows_);
    gone += change(database_.sql("DELETE FROM hour WHERE from_s < ?1").with(cutoff_ns / 1'000'000'000));
    gone += change(database_.sql("DELETE FROM certificate WHERE last_seen < ?1").with(cutoff_ns));
    return gone;
  }

  /// Removes what is beyond the limits of limits.h.
  std::int64_t beyond_limits(std::uint64_t never_through) {
    std::int64_t gone = 0;
    const std::int64_t few = std::max<std::int64_t>(rows_ / 8, 1);
    const std::int64_t names = kept_.counters.never_through - static_cast<std::int64_t>(never_through);
    if (names > 0)
      gone += devices(UINT64_MAX >> 1, std::min(names, few),
                      "SELECT " TLSWATCH_STORE_DEVICE
                      " FROM device WHERE last_success = 0 AND last_seen < ?1 AND "
                      "?3 = ?3 ORDER BY last_seen LIMIT ?2",
                      false);
    const std::int64_t devices_over = kept_.counters.devices - static_cast<std::int64_t>(kMaxDevices);
    if (devices_over > 0)
      gone += devices(UINT64_MAX >> 1, std::min(devices_over, few),
                      "SELECT " TLSWATCH_STORE_DEVICE
                      " FROM device WHERE failing = ?3 AND last_seen < ?1 AND open = 0 "
                      "ORDER BY last_seen LIMIT ?2");
    const std::int64_t incident_count = database_.number("SELECT count(*) FROM incident");
    const auto most = static_cast<std::int64_t>(kMaxIncidents);
    if (incident_count > most) gone += incidents(UINT64_MAX >> 1, std::min(rows_, incident_count - most));
    const std::int64_t certificates = database_.number("SELECT count(*) FROM certificate");
    if (certificates > static_cast<std::int64_t>(kMaxCertificates))
      gone += change(
          database_
              .sql("DELETE FROM certificate WHERE (broker, listener, of_client, sha256) IN (SELECT broker, "
                   "listener, of_client, sha256 FROM certificate ORDER BY last_seen LIMIT ?)")
              .with(certificates - static_cast<std::int64_t>(kMaxCertificates)));
    const std::int64_t nameless = database_.number("SELECT count(*) FROM session WHERE loose = 1");
    if (nameless > static_cast<std::int64_t>(kMaxNamelessSessions))
      gone += change(database_
                         .sql("DELETE FROM session WHERE id IN (SELECT id FROM session WHERE loose = 1 "
                              "ORDER BY id LIMIT ?)")
                         .with(nameless - static_cast<std::int64_t>(kMaxNamelessSessions)));
    return gone;
  }

  /// Removes the oldest sessions and lines, whatever their age.
  std::int64_t oldest() {
    std::int64_t gone = sessions(UINT64_MAX >> 1);
    gone +=
        change(database_.sql("DELETE FROM line WHERE id <= (SELECT min(id) FROM line) + ?1").with(rows_ / 4));
    return gone;
  }

 private:
  std::int64_t change(Statement& statement) {
    statement.run();
    return database_.failed() ? 0 : sqlite3_changes(database_.handle());
  }

  /// Those that are over and began first, ring by ring. Those that stay, since they ended late or are still
  /// open, are not looked at again until the end was reached.
  std::int64_t sessions(std::uint64_t cutoff_ns) {
    std::int64_t gone = 0;
    for (const auto& [key, ring] : kept_.rings) {
      std::int64_t& from = kept_.tidied_to[ring];
      from = std::max(from, ring << kSessionBits);
      std::vector<std::int64_t> old;
      std::int64_t looked_at = 0;
      bool younger = false;
      Statement& row =
          database_
              .sql(
                  "SELECT id, started, max(started, ended) FROM session WHERE id >= ?1 AND id < ?2 AND "
                  "open = 0 ORDER BY id LIMIT ?3")
              .with(from, (ring + 1) << kSessionBits, rows_);
      while (!younger && row.next()) {
        ++looked_at;
        from = row.integer(0) + 1;
        younger = row.get<std::uint64_t>(1) >= cutoff_ns;
        if (row.get<std::uint64_t>(2) < cutoff_ns) old.push_back(row.integer(0));
      }
      row.reset();
      for (const std::int64_t id : old)
        gone += change(database_.sql("DELETE FROM session WHERE id = ?").with(id));
      if (younger || looked_at < rows_) from = 0;
      if (from != 0 && old.empty()) ++gone;  // there may be more to do behind these
    }
    return gone;
  }

  std::int64_t incidents(std::uint64_t cutoff_ns, std::int64_t most) {
    std::int64_t gone = 0;
    for (const int open : {0, 1}) {
      Statement& next = database_
                            .sql(
                                "SELECT id FROM incident WHERE open = ?1 AND last_seen < ?2 "
                                "ORDER BY last_seen LIMIT min(?3, 16)")
                            .with(open, cutoff_ns, most);
      std::vector<std::int64_t> ids;
      while (next.next()) ids.push_back(next.integer(0));
      next.reset();
      for (const std::int64_t id : ids) {
        // Of a large one some victims a step; it goes with the last of them.
        const std::int64_t victims = change(
            database_
                .sql("DELETE FROM victim WHERE incident = ?1 AND victim IN (SELECT victim FROM victim WHERE "
                     "incident = ?1 LIMIT ?2)")
                .with(id, rows_));
        gone += victims;
        if (victims >= rows_) return gone;
        gone += change(
            database_.sql("DELETE FROM line WHERE incident = ?1 AND incident <> 0 AND device = 0").with(id));
        gone += change(database_.sql("DELETE FROM incident WHERE id = ?").with(id));
      }
    }
    return gone;
  }

  /// Devices with all that is theirs; `query` has the cutoff, the most, and whether they are failing.
  std::int64_t devices(std::uint64_t cutoff_ns, std::int64_t most, const char* query,
                       bool by_failing = true) {
    std::int64_t gone = 0;
    for (const int failing : {0, 1}) {
      if (failing == 1 && (!by_failing || gone != 0)) break;
      Statement& rows = database_.sql(query).with(cutoff_ns, most, failing);
      std::vector<DeviceRecord> old;
      while (rows.next()) old.push_back(read_device(rows));
      rows.reset();
      for (const DeviceRecord& device : old) {
        forget(device);
        ++gone;
      }
    }
    return gone;
  }

  void forget(const DeviceRecord& device) {
    database_.sql("DELETE FROM session WHERE device = ?1 AND device <> 0").with(device.id).run();
    database_.sql("DELETE FROM line WHERE device = ?1 AND device <> 0").with(device.id).run();
    database_.sql("INSERT INTO device_text(device_text, rowid, name) VALUES('delete', ?, ?)")
        .with(device.id, text::to_utf8(device.name))
        .run();
    database_.sql("DELETE FROM device WHERE id = ?").with(device.id).run();
    forget_compliance(device);
    Counters& counters = kept_.counters;
    --counters.devices;
    if (device.connected()) --counters.connected;
    if (device.failing) --counters.failing;
    if (device.last_success_ns == 0) --counters.never_through;
  }

  void forget_compliance(const DeviceRecord& device) {
    for (const auto& [requirement, value] : requirements(device.facts, kept_.words))
      database_
          .sql(
              "UPDATE compliance SET devices = devices - 1 WHERE broker = ? AND profile = ? AND requirement "
              "= ? "
              "AND value = ?")
          .with(device.broker, device.facts.profile, kept_.words.find(requirement).value_or(0), value)
          .run();
  }

  Database& database_;
  Kept& kept_;
  std::int64_t rows_;
};

/// Bytes that the file will have when its free pages have gone.
std::uint64_t used_bytes(Database& database) {
  const std::int64_t pages = database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count");
  return static_cast<std::uint64_t>(pages * database.number("PRAGMA page_size"));
}

}  // namespace

bool tidy(Database& database, Kept& kept, const Retention& retention, std::uint64_t now_unix_ns,
          std::size_t rows) {
  Tidy step(database, kept, rows);
  std::int64_t gone = step.older(now_unix_ns - std::min(now_unix_ns, retention.age_ns));
  gone += step.beyond_limits(retention.never_through);
  const bool too_large = used_bytes(database) > retention.bytes;
  if (too_large) gone += step.oldest();
  save_counters(database, kept.counters);
  const std::int64_t free = database.number("PRAGMA freelist_count");
  if (free > 0) database.execute("PRAGMA incremental_vacuum(" + std::to_string(rows) + ")");
  return gone == 0 && free <= static_cast<std::int64_t>(rows);
}

}  // namespace tlswatch::store
