#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "daemon/core/incident/incident_table.h"
#include "daemon/store/database.h"
#include "daemon/store/notes.h"
#include "daemon/store/records.h"
#include "daemon/store/words.h"

/// What a transaction changes. Private to daemon/store.
namespace tlswatch::store {

/// Position: the last event of a stream that the store holds.
struct Position {
  std::uint64_t epoch = 0, sequence = 0, part = 0;
  std::uint64_t at_ns = 0;  ///< when it was
  /// Whether an event is among those that it holds.
  bool holds(std::uint64_t of_epoch, std::uint64_t of_sequence, std::uint64_t of_part) const noexcept {
    return epoch == of_epoch && std::pair(of_sequence, of_part) <= std::pair(sequence, part);
  }
};

/// Totals that are kept, since counting a million rows takes too long.
struct Counters {
  std::int64_t devices = 0, connected = 0, failing = 0, never_through = 0;
};

/// What a device's facts are counted by: requirement and value.
std::vector<std::pair<std::string_view, std::string>> requirements(const Facts& facts, const Words& words);

void save_counters(Database& database, const Counters& counters);

/// Kept: what the Writer knows of the file between two transactions; read anew after one that failed.
struct Kept {
  Words words;
  std::map<std::string, Position, std::less<>> positions;
  std::map<std::pair<WordId, std::uint64_t>, std::int64_t> rings;
  Counters counters;
  std::map<std::int64_t, std::int64_t>
      tidied_to;  ///< by ring: the first session that retention looks at next

  void load(Database& database);
};

/// Batch: events on their way into the tables, within one transaction. Rows are read once, changed here, and
/// written by finish(), so that a session that begins and ends within a batch is one row written once.
class Batch {
 public:
  Batch(Database& database, Kept& kept) : database_(database), kept_(kept) {}

  /// False: the file has that event already.
  bool take(const Note& note);
  void take(const incident::State& state);
  void take(const incident::VictimState& state);
  /// Writes all that is still here. What went wrong is with the database.
  void finish();

 private:
  struct At {
    const Note& note;
    WordId broker = 0;
    std::uint64_t time_ns() const noexcept { return note.time_unix_ns; }
  };
  void on(const At&, const PlaceNote&) {}
  void on(const At&, const HandshakeNote&);
  void on(const At&, const NameNote&);
  void on(const At&, const EndNote&);
  void on(const At&, const SaidNote&);
  void on(const At&, const DiagnosisNote&);
  void on(const At&, const CertificateNote&);

  std::int64_t ring_of(WordId broker, std::uint64_t epoch, std::uint64_t now_ns);
  /// session.id; 0: none.
  std::int64_t session_id(const At&, const SessionName& name);
  SessionRecord* session(const At&, const SessionName& name, bool make);
  SessionRecord* session(std::int64_t id);
  DeviceRecord* device(const At&, const std::string& name, bool make);
  DeviceRecord* device(std::int64_t id);
  std::int64_t incident_id(WordId broker, const std::string& name);

  /// The session is this device's from now on.
  void give(SessionRecord& session, DeviceRecord& device);
  void came_through(const At&, SessionRecord& session, DeviceRecord& device);
  void end(SessionRecord& session, std::uint64_t at_ns);
  void take_policy(const PolicyNote& policy, Facts& facts);
  void keep_line(const At&, std::int64_t device, std::int64_t incident, std::string_view action,
                 std::int64_t session, const std::string& json);
  void see_certificate(const At&, std::uint16_t port, bool of_client, std::int64_t session,
                       const event::CertificateFacts& certificate);
  void count_hour(std::uint64_t at_ns, WordId broker, WordId cause, std::int64_t n);
  void correct(const At&, const DiagnosisNote& note, WordId cause, DeviceRecord* device);
  /// Its failures were another's: how it stands without them.
  void recheck(DeviceRecord& device);
  void save_device(DeviceRecord& device);
  void count_compliance(WordId broker, const Facts& facts, std::int64_t n);
  void prune_sessions(std::int64_t device);

  Database& database_;
  Kept& kept_;
  std::unordered_map<std::int64_t, SessionRecord> sessions_;
  std::unordered_map<std::int64_t, DeviceRecord> devices_;
  std::unordered_map<std::string, std::int64_t> device_ids_;  // by broker and name
  std::unordered_map<std::string, std::int64_t> incident_ids_;
  std::map<std::tuple<std::uint64_t, WordId, WordId>, std::int64_t> hours_;
  std::map<std::tuple<WordId, WordId, WordId, std::string>, std::int64_t> compliance_;
  std::set<std::pair<std::int64_t, bool>> new_lines_;  // of a device, or of an incident if true
  std::set<std::tuple<WordId, std::uint16_t, bool, std::string>> certificates_;
  struct Told {
    std::uint64_t sequence = 0, at_ns = 0;
  } told_;  // by the report whose diagnosis may follow
};

}  // namespace tlswatch::store
