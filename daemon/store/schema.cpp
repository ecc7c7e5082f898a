#include "daemon/store/schema.h"

namespace tlswatch::store {
namespace {

// Times are Unix nanoseconds unless their name says _s. `word` has the texts of closed lists; 0 is none.
// session.id is ring.id << 40 | the session's number, so that a ring's sessions lie in the order of their
// beginnings and need no other index. A device's id is never given again: certificates may outlive it.
// `loose`: to be looked for by its address, since nobody's name is on it.
constexpr const char* kFirst = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE position(stream TEXT PRIMARY KEY, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  part INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ring(id INTEGER PRIMARY KEY, broker INTEGER NOT NULL, epoch INTEGER NOT NULL, UNIQUE(broker, epoch));

CREATE TABLE device(
  id INTEGER PRIMARY KEY AUTOINCREMENT, broker INTEGER NOT NULL, name BLOB NOT NULL,
  first_seen INTEGER NOT NULL DEFAULT 0, last_seen INTEGER NOT NULL DEFAULT 0,
  last_success INTEGER NOT NULL DEFAULT 0, last_failure INTEGER NOT NULL DEFAULT 0,
  sessions INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, open INTEGER NOT NULL DEFAULT 0,
  failing INTEGER NOT NULL DEFAULT 0, ip TEXT NOT NULL DEFAULT '', ja4 TEXT NOT NULL DEFAULT '',
  firmware BLOB, cause INTEGER NOT NULL DEFAULT 0, incident INTEGER NOT NULL DEFAULT 0,
  good_session INTEGER NOT NULL DEFAULT 0,
  version INTEGER, cipher INTEGER, cipher_bits INTEGER, curve INTEGER, resumed INTEGER, mfln_requested INTEGER,
  mfln_negotiated INTEGER, max_record INTEGER, honoured INTEGER, key_algorithm INTEGER, key_bits INTEGER,
  profile INTEGER, verdict INTEGER, violations TEXT,
  good_ip TEXT, good_ja4 TEXT, ja4_before TEXT, connected_before INTEGER, gone INTEGER, gone_before INTEGER,
  stayed INTEGER, told BLOB, sure INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX device_name ON device(name, broker);
CREATE INDEX device_order ON device(failing DESC, last_seen DESC);
CREATE INDEX device_cause ON device(cause) WHERE cause <> 0;
CREATE INDEX device_profile ON device(profile, failing DESC, last_seen DESC);
CREATE INDEX device_broker ON device(broker);
CREATE INDEX device_ip ON device(ip);
CREATE INDEX device_never ON device(last_seen) WHERE last_success = 0;
CREATE VIRTUAL TABLE device_text USING fts5(name, content='', detail=none, tokenize='trigram');

CREATE TABLE session(
  id INTEGER PRIMARY KEY, broker INTEGER NOT NULL, device INTEGER NOT NULL, how INTEGER NOT NULL,
  started INTEGER NOT NULL, ended INTEGER NOT NULL, open INTEGER NOT NULL, loose INTEGER NOT NULL,
  handshake INTEGER NOT NULL, ip TEXT NOT NULL, port INTEGER NOT NULL, listener INTEGER NOT NULL,
  server_name BLOB, ja4 TEXT NOT NULL, established INTEGER NOT NULL, stage INTEGER NOT NULL,
  version INTEGER, cipher INTEGER, cipher_bits INTEGER, curve INTEGER, resumed INTEGER, mfln_requested INTEGER,
  mfln_negotiated INTEGER, max_record INTEGER, honoured INTEGER, key_algorithm INTEGER, key_bits INTEGER,
  profile INTEGER, verdict INTEGER, violations TEXT,
  alerts BLOB, openssl BLOB, reason INTEGER, bytes_in INTEGER, bytes_out INTEGER,
  cause INTEGER NOT NULL, incident INTEGER NOT NULL);
CREATE INDEX session_device ON session(device, started) WHERE device <> 0;
CREATE INDEX session_loose ON session(broker, ip, started) WHERE loose = 1;
CREATE INDEX session_open ON session(open) WHERE open = 1;

CREATE TABLE line(
  id INTEGER PRIMARY KEY, device INTEGER NOT NULL, incident INTEGER NOT NULL, at INTEGER NOT NULL,
  action INTEGER NOT NULL, session INTEGER NOT NULL, json TEXT NOT NULL);
CREATE INDEX line_device ON line(device) WHERE device <> 0;
CREATE INDEX line_incident ON line(incident) WHERE incident <> 0;

CREATE TABLE incident(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, tail TEXT NOT NULL, broker INTEGER NOT NULL,
  cause INTEGER NOT NULL DEFAULT 0, profile INTEGER NOT NULL DEFAULT 0, subject TEXT NOT NULL DEFAULT '',
  port INTEGER NOT NULL DEFAULT 0, open INTEGER NOT NULL DEFAULT 0, first_seen INTEGER NOT NULL DEFAULT 0,
  last_seen INTEGER NOT NULL DEFAULT 0, resolved INTEGER NOT NULL DEFAULT 0, devices INTEGER NOT NULL DEFAULT 0,
  at_least INTEGER NOT NULL DEFAULT 0, failing INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
  reopened INTEGER NOT NULL DEFAULT 0, merged_into TEXT NOT NULL DEFAULT '', hours BLOB,
  signature INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0,
  crowd INTEGER NOT NULL DEFAULT 0, crowd_said_s INTEGER NOT NULL DEFAULT 0,
  crowd_failed_s INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0, told_open INTEGER NOT NULL DEFAULT 0,
  told_s INTEGER NOT NULL DEFAULT 0);
CREATE INDEX incident_order ON incident(open DESC, last_seen DESC);
CREATE INDEX incident_tail ON incident(tail);

CREATE TABLE victim(
  incident INTEGER NOT NULL, victim INTEGER NOT NULL, kind INTEGER NOT NULL, key BLOB NOT NULL,
  failures INTEGER NOT NULL, said_s INTEGER NOT NULL, last_failure_s INTEGER NOT NULL, failing INTEGER NOT NULL,
  partial INTEGER NOT NULL, PRIMARY KEY(incident, victim)) WITHOUT ROWID;
CREATE INDEX victim_order ON victim(incident, failing DESC, last_failure_s DESC);

CREATE TABLE certificate(
  broker INTEGER NOT NULL, listener INTEGER NOT NULL, of_client INTEGER NOT NULL, sha256 BLOB NOT NULL,
  session INTEGER NOT NULL, device INTEGER NOT NULL, subject BLOB NOT NULL, issuer BLOB NOT NULL,
  key_algorithm INTEGER NOT NULL, key_bits INTEGER NOT NULL, not_after_s INTEGER NOT NULL, last_seen INTEGER NOT NULL,
  PRIMARY KEY(broker, listener, of_client, sha256)) WITHOUT ROWID;
CREATE INDEX certificate_end ON certificate(not_after_s);
CREATE INDEX certificate_session ON certificate(session) WHERE of_client = 1;

CREATE TABLE compliance(
  broker INTEGER NOT NULL, profile INTEGER NOT NULL, requirement INTEGER NOT NULL, value TEXT NOT NULL,
  devices INTEGER NOT NULL, PRIMARY KEY(broker, profile, requirement, value)) WITHOUT ROWID;
CREATE TABLE hour(
  from_s INTEGER NOT NULL, broker INTEGER NOT NULL, cause INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(from_s, broker, cause)) WITHOUT ROWID;
)sql";

constexpr Migration kMigrations[] = {
    {"the first store", kFirst},
};

}  // namespace

std::span<const Migration> migrations() noexcept {
  return kMigrations;
}

std::string version_trouble(std::int64_t version, std::int64_t known) {
  if (version == known) return {};
  const std::string what =
      "it is of version " + std::to_string(version) + ", this program knows " + std::to_string(known);
  return version > known ? what + "; install the newer tlswatch again, or name another file"
                         : what + "; start its tlswatchd, which brings it up to date";
}

std::string migrate(Database& database, std::span<const Migration> steps) {
  const auto known = static_cast<std::int64_t>(steps.size());
  std::int64_t version = database.number("PRAGMA user_version");
  if (database.failed()) return database.error();
  if (version > known) return version_trouble(version, known);
  for (; version < known; ++version) {
    const Migration& step = steps[static_cast<std::size_t>(version)];
    database.execute("BEGIN IMMEDIATE");
    database.execute(step.sql);
    database.execute("PRAGMA user_version = " + std::to_string(version + 1));
    database.execute("COMMIT");
    if (!database.failed()) continue;
    std::string trouble = std::string("the step to version ") + std::to_string(version + 1) + " (" +
                          step.what + ") failed: " + database.error();
    sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    return trouble;
  }
  return {};
}

}  // namespace tlswatch::store
