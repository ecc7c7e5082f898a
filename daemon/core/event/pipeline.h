#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/diagnose/knowledge.h"
#include "daemon/core/event/events.h"
#include "daemon/core/event/handshake.h"
#include "daemon/core/fleet/ids.h"
#include "daemon/core/fleet/session_table.h"
#include "daemon/core/policy/profile.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::event {

/// Broker: where a record comes from.
struct Broker {
  std::uint32_t index = 0;  ///< its place in the configuration
  std::string_view name;
  bool passwords_checked = false;  ///< the configuration says that a user name proves something there
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
  std::uint64_t unknown_entries = 0;  ///< report entries left out: of a stack that this version does not know
  std::uint64_t log_lines_dropped =
      0;  ///< stock firmware's lines that are no TLS error: they may hold secrets
};

using Emit = std::function<void(const Event&)>;

/// Pipeline: decode, correlate, judge, diagnose: one record in, the lines of the event log out. One thread.
///
/// Deterministic: the same records in the same order give the same lines with the same ids. Its only state is
/// the session table, made from records alone; a record about a session that is not known there gives a
/// proper line from what it carries itself.
class Pipeline {
 public:
  struct Settings {
    const policy::Profiles* profiles = nullptr;      ///< must outlive the pipeline, or be replaced
    const diagnose::Knowledge* knowledge = nullptr;  ///< the same
    HandshakeTools tools;
    bool session_start_lines = false;  ///< log level debug
    std::size_t max_sessions = fleet::kMaxSessions;
  };

  explicit Pipeline(const Settings& settings) : settings_(settings), sessions_(settings.max_sessions) {}

  /// Takes one record. `emit` is called for each line, in the order of their ids; the event it gets lives
  /// until emit returns.
  void take(const Broker& broker, std::uint64_t epoch, const wire::Record& record, const Emit& emit);

  /// Events `from`..`to` were dropped because the ring was full, or could not be read; `now` as the shell's
  /// clock says, since no record carries the time.
  void lost(const Broker& broker, std::uint64_t epoch, std::uint64_t from, std::uint64_t to,
            std::uint64_t now_unix_ns, const Emit& emit);

  /// After a reload.
  void replace(const policy::Profiles& profiles, const diagnose::Knowledge& knowledge) noexcept {
    settings_.profiles = &profiles;
    settings_.knowledge = &knowledge;
  }

  std::vector<Notice> take_notices() { return std::exchange(notices_, {}); }
  const PipelineCounters& counters() const noexcept { return counters_; }
  const fleet::SessionTable& sessions() const noexcept { return sessions_; }

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
  void judge(HandshakeView& view, const fleet::Session& session, const facts::Handshake& handshake,
             std::uint64_t time_unix_ns) const;
  void diagnose_handshake(const Context&, const HandshakeView& view, const fleet::Session& session) const;
  void diagnose_end(const Context&, const SessionEnd& end, const facts::SessionEnd& facts, Who who) const;
  void diagnose_device(const diagnose::DeviceSymptoms& symptoms, const catalog::Answer& answer,
                       Diagnosis& out) const;
  const policy::Profile* profile_of(const fleet::Session& session) const;
  Who who(const Context&, const fleet::Session& session) const;

  /// LastLoss: up to where events of a ring are known to be missing.
  struct LastLoss {
    std::uint64_t epoch = 0;
    std::uint64_t to = 0;
  };

  Settings settings_;
  std::map<std::uint32_t, LastLoss> last_loss_;  ///< by broker
  fleet::SessionTable sessions_;
  PipelineCounters counters_;
  std::vector<Notice> notices_;
};

}  // namespace tlswatch::event
