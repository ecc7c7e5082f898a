#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/broker_log/log_join.h"
#include "daemon/core/catalog/catalog.h"
#include "daemon/core/diagnose/knowledge.h"
#include "daemon/core/event/events.h"
#include "daemon/core/event/expiry.h"
#include "daemon/core/event/handshake.h"
#include "daemon/core/fleet/credentials.h"
#include "daemon/core/fleet/fleet.h"
#include "daemon/core/fleet/ids.h"
#include "daemon/core/fleet/lru_map.h"
#include "daemon/core/fleet/session_table.h"
#include "daemon/core/incident/incident_table.h"
#include "daemon/core/incident/stranger.h"
#include "daemon/core/policy/profile.h"
#include "daemon/core/report/report.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::event {

/// Broker: where a record comes from.
struct Broker {
  std::uint32_t index = 0;  ///< its place in the configuration
  std::string_view name;
  bool passwords_checked = false;  ///< the configuration says that a user name proves something there
  bool log_followed = false;       ///< lines of the broker's own log come, too
};

/// Place: where a line that is no ring record stands in its stream.
struct Place {
  std::string_view stream;  ///< `<broker>/log`, `<broker>/syslog`
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
};

/// Notice: something for the daemon's own log; the core does not log.
struct Notice {
  bool warning = false;
  std::string text;
};

/// What was met on the way, since the start. Never reset.
struct PipelineCounters {
  std::uint64_t records = 0;
  std::uint64_t unknown_records = 0;
  std::uint64_t bad_sections = 0;
  std::uint64_t unknown_sections = 0;
  std::uint64_t unreadable_messages = 0;  ///< TLS messages that are not what they should be
  std::uint64_t unreadable_reports = 0;
  std::uint64_t repeated_entries = 0;  ///< that a device reported again, since it was not told that they came
  std::uint64_t unknown_entries = 0;  ///< report entries left out: of a stack that this version does not know
  /// Stock firmware's lines that are not about its connection: they may hold secrets.
  std::uint64_t log_lines_dropped = 0;
  std::uint64_t unreadable_datagrams = 0;  ///< that are no syslog
};

/// Senders of stock firmware's lines of whom the last error is remembered.
inline constexpr std::size_t kMaxTalkers = 16384;

/// The header of another line of the same record.
Header with_part(const Header& first, std::uint64_t part);

struct DeviceSide;
struct Sender;

/// Errors told by syslog that wait some seconds for their failure; of a flood the latest.
inline constexpr std::size_t kMaxOverheard = 2048;

using Emit = std::function<void(const Event&)>;

/// Pipeline: decode, correlate, judge, diagnose: one record in, the lines of the event log out. One thread.
///
/// Deterministic: the same records and log lines in the same order give the same lines with the same ids. Its
/// only state is the session table and what joins the broker's log to it; a record about a session that is
/// not known there gives a proper line from what it carries itself.
class Pipeline {
 public:
  struct Settings {
    const policy::Profiles* profiles = nullptr;      ///< must outlive the pipeline, or be replaced
    const diagnose::Knowledge* knowledge = nullptr;  ///< the same
    HandshakeTools tools;
    /// Log level debug: a line for each session's begin, and repeated failures are not folded.
    bool every_line = false;
    /// Diagnoses that are folded are emitted, too, marked as that: for who counts failures.
    bool folded_too = false;
    std::size_t max_sessions = fleet::kMaxSessions;
    fleet::Fleet::Limits fleet = {};
  };

  explicit Pipeline(const Settings& settings)
      : settings_(settings), sessions_(settings.max_sessions), fleet_(settings.fleet) {}

  /// Takes one record. `emit` is called for each line, in the order of their ids; the event it gets lives
  /// until emit returns.
  void take(const Broker& broker, std::uint64_t epoch, const wire::Record& record, const Emit& emit);

  /// Takes one line of the broker's own log, written within `written`.
  void take_broker_log(const Broker& broker, const Place& place, const broker_log::BrokerLine& line,
                       const broker_log::Span& written, const Emit& emit);

  /// Takes one syslog datagram. What is not one of Tasmota's lines about its connection is dropped and
  /// counted.
  void take_syslog(const Broker& broker, const Place& place, std::uint64_t time_unix_ns,
                   const facts::Address& from, std::string_view datagram, const Emit& emit);

  /// Events `from`..`to` were dropped because the ring was full, or could not be read; `now` as the shell's
  /// clock says, since no record carries the time.
  void lost(const Broker& broker, std::uint64_t epoch, std::uint64_t from, std::uint64_t to,
            std::uint64_t now_unix_ns, const Emit& emit);

  /// After a start: what the fleet and the incidents are brought back to has this stream's events in it up to
  /// this one. Those that come once more are not counted again; what else they tell is taken.
  void counted_up_to(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence) {
    counted_[std::string(stream)] = {epoch, sequence};
  }
  /// Brings back a session that was open then.
  void restore(const fleet::Session& was) { sessions_.restore(was); }

  /// After a reload.
  void replace(const policy::Profiles& profiles, const diagnose::Knowledge& knowledge) noexcept {
    settings_.profiles = &profiles;
    settings_.knowledge = &knowledge;
  }

  std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }
  const PipelineCounters& counters() const noexcept { return counters_; }
  const fleet::SessionTable& sessions() const noexcept { return sessions_; }
  const incident::IncidentTable& incidents() const noexcept { return incidents_; }
  incident::IncidentTable& incidents() noexcept { return incidents_; }
  fleet::Fleet& fleet() noexcept { return fleet_; }
  /// What the log of a broker has told; zeros where it is not followed.
  broker_log::LogJoin::Counters log_counters(std::uint32_t broker) const;

 private:
  /// One record's context: what all its lines share.
  struct Context;

  void on(const Context&, const facts::Unknown&);
  void on(const Context&, const facts::BrokerStart&);
  void on(const Context&, const facts::SessionStart&);
  void on(const Context&, const facts::Handshake&);
  void on(const Context&, const facts::Identified&);
  void on(const Context&, const facts::SessionEnd&);
  void on(const Context&, const facts::DeviceReport&);
  void on(const Context&, const facts::LogLine&);
  void on(const Context&, const facts::Counters&);
  void on(const Context&, const facts::BrokerStop&);

  void close_all(const Context&);
  fleet::Session& open_session(const Context&);
  const fleet::Session* known_session(const Context&);
  void judge(HandshakeView& view, const fleet::Session& session, std::uint64_t time_unix_ns) const;
  void watch_expiry(const Context&, const TlsHandshake& event);
  void diagnose_handshake(const Context&, const HandshakeView& view, const fleet::Session& session);
  void diagnose_end(const Context&, const SessionEnd& end, const facts::SessionEnd& facts,
                    const fleet::Session& session);
  /// What was seen on either side or both means this; the row that decided, or null.
  const diagnose::Rule* conclude(const diagnose::BrokerSymptoms* broker, const DeviceSide* device,
                                 Diagnosis& out) const;
  const diagnose::Rule* conclude(const fleet::Failure* failure, const DeviceSide* device,
                                 Diagnosis& out) const;
  Who who(const Broker& broker, const fleet::Session& session) const;
  void follow_log(const Context&, fleet::Session& session);

  /// A session's client is known by name: the fleet gets to know it.
  void meet(fleet::Session& session, std::uint64_t now_unix_ns);
  /// The session is over.
  void part_with(fleet::Session& session, std::uint64_t now_unix_ns);
  /// Says who may be behind a session that failed without a name: by its certificate or PSK, or by who is
  /// known at its address. What it returns is what the ledger keeps.
  fleet::Suspicion name_stranger(const fleet::Session& session, std::string_view psk_identity,
                                 std::uint64_t now_unix_ns, Diagnosis& out);
  /// LinesOut: further lines of one record or line, in parts that follow one another.
  struct LinesOut {
    const Header& first;  ///< of part 0
    const Emit& emit;
    std::uint64_t next_part;
    void emit_next(Incident event);
  };
  /// Counts a failed session in its incident, or as a stranger's, and says so where it is to be said. Returns
  /// how it was counted.
  fleet::CountedAs count_failure(const fleet::Session& session, const diagnose::Rule* rule, LinesOut& lines,
                                 Diagnosis& out);
  void count(const fleet::CountedAs& as, std::uint64_t failures, LinesOut& lines, Diagnosis& out);
  /// Emits a diagnosis that is a line, or is folded.
  void say(Diagnosis& out, bool due, const Emit& emit) const;
  /// It was told why these failures were, and by a report also whose: they move there. Says the diagnosis.
  void recount(const std::vector<std::uint64_t>& failures, LinesOut& lines, Diagnosis& out);
  fleet::CountedAs counted_as(const fleet::Session& session, const Diagnosis& diagnosis) const;
  bool is_stranger(const fleet::Session& session, const Diagnosis& diagnosis);
  /// A session's client came through: which incidents are over.
  void recover(const fleet::Session& session, LinesOut lines);

  /// Concluded: a failed session, and what was made of it.
  struct Concluded {
    const diagnose::BrokerSymptoms& symptoms;
    fleet::Standing standing;
    const fleet::Suspicion& suspicion;
    const diagnose::Rule* rule;  ///< null: none held
  };
  /// Says a failed session's diagnosis, counts it, and remembers it.
  void take_failure(const Context&, const fleet::Session& session, const Concluded& failure, Diagnosis& out);
  /// Remembers a failed session for the report that may follow.
  void remember_failure(const fleet::Session& session, const Concluded& concluded, const Diagnosis& diagnosis,
                        fleet::CountedAs counted);
  /// One entry of a report on its way: what is known of it before its failures are looked for.
  struct Entry;
  void take_entry(const Context&, Entry& entry, const fleet::Match& match);
  /// The failed sessions that each entry is about.
  std::vector<fleet::Match> match_entries(const Context&, const Sender& sender,
                                          const std::vector<Entry>& entries);
  /// A diagnosis gets these failures' sessions, and what the report says of who they were thought to be.
  void claim(const Context&, const fleet::Match& match, Diagnosis& out);
  /// The failed session that a device's syslog is about, named in `out`; none where there is none yet: what
  /// was told waits for it.
  fleet::Match overhear(const Header& header, const fleet::Place& place, const DeviceSide& told,
                        Diagnosis& out);
  /// What the device's syslog has told about this failure already; null: nothing. Valid until the next
  /// overhear().
  const diagnose::DeviceSymptoms* heard_from(const fleet::Session& session,
                                             const diagnose::BrokerSymptoms& seen, std::uint64_t now_unix_ns);
  /// Whether the device has reported this entry before; how many of its failures are new.
  std::uint32_t news_of(const Sender& sender, std::uint32_t broker, std::uint32_t era,
                        const report::ReportEntry& entry);
  /// The client is known by its log line: one line of ours, with a new verdict where the name changes it.
  void name_by_log(Header header, const Broker& broker, const broker_log::Login& login,
                   fleet::Session& session, const Emit& emit);
  /// One line of stock firmware's log, in two log lines at most: what it says, and what that means.
  /// `place` is where a datagram came from: the failed session from there at that time is what it is about;
  /// not known where the line came over MQTT, which keeps lines back until the next connection.
  void emit_device_log(const Header& header, const std::string& talker, const fleet::Place& place,
                       DeviceLog& event, Diagnosis& diagnosis, const Emit& emit);

  /// Talker: the TLS error that a device's log told last, since the MQTT state of the same try follows it.
  struct Talker {
    std::int32_t code = 0;
    std::uint64_t at_unix_ns = 0;
  };

  /// Overheard: an error that a device's syslog told before the ring showed the failure that it is about.
  struct Overheard {
    diagnose::DeviceSymptoms told;
    std::uint64_t at_unix_ns = 0;
    bool waits = false;
  };

  /// LastLoss: up to where events of a ring are known to be missing.
  struct LastLoss {
    std::uint64_t epoch = 0;
    std::uint64_t to = 0;
  };

  /// CountedTo: up to where a stream's events were counted before a start.
  struct CountedTo {
    std::uint64_t epoch = 0, sequence = 0;
  };
  bool is_counted(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence) const;

  Settings settings_;
  std::map<std::string, CountedTo, std::less<>> counted_;
  bool again_ = false;                           ///< the event on its way is among these
  std::map<std::uint32_t, LastLoss> last_loss_;  ///< by broker
  fleet::SessionTable sessions_;
  fleet::Fleet fleet_;
  fleet::Credentials credentials_;
  incident::IncidentTable incidents_;
  incident::StrangerTable strangers_;
  ExpiryWatch expiry_;
  std::map<std::uint32_t, broker_log::LogJoin> joins_;  ///< by broker; of those whose log is followed
  fleet::LruMap<std::string, Talker> talkers_{kMaxTalkers};
  fleet::LruMap<fleet::Place, Overheard, fleet::PlaceHash> overheard_{kMaxOverheard};
  PipelineCounters counters_;
  std::vector<Notice> notices_;
};

}  // namespace tlswatch::event
