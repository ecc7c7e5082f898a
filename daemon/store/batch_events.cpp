#include <algorithm>

#include "daemon/store/batch.h"
#include "daemon/store/limits.h"

// What each event changes.
namespace tlswatch::store {

void Batch::take_policy(const PolicyNote& policy, Facts& facts) {
  if (policy.verdict == 0) return;
  facts.profile = kept_.words.of(database_, policy.profile);
  facts.verdict = policy.verdict;
  facts.violations = policy.violations;
}

void Batch::on(const At& at, const HandshakeNote& note) {
  if (note.established) count_hour(at.time_ns(), at.broker, 0, 1);
  if (note.established && note.server_certificate)
    see_certificate(at, note.listener_port, false, 0, *note.server_certificate);
  SessionRecord* const s = session(at, note.session, true);
  if (s == nullptr) return;
  s->started_ns = at.time_ns() - std::min(at.time_ns(), note.duration_ns);
  s->ended_ns = note.established ? 0 : at.time_ns();
  s->handshake_ns = note.duration_ns;
  s->ip = note.ip;
  s->port = note.port;
  s->listener_port = note.listener_port;
  s->server_name = note.server_name;
  s->ja4 = note.ja4;
  s->established = note.established;
  s->stage = note.stage;
  Facts& f = s->facts;
  f.version = note.version;
  f.cipher = note.cipher;
  f.cipher_bits = note.cipher_bits;
  f.curve = note.curve;
  f.resumed = note.resumed;
  f.mfln_requested = note.mfln.requested;
  f.mfln_negotiated = note.mfln.negotiated;
  f.max_record = note.mfln.max_record_sent;
  f.honoured = note.mfln.honoured;
  if (note.server_certificate) {
    f.key_algorithm = kept_.words.of(database_, note.server_certificate->key_algorithm);
    f.key_bits = note.server_certificate->key_bits;
  }
  take_policy(note.policy, f);
  s->alerts = note.alerts;
  s->openssl = note.openssl;
}

void Batch::give(SessionRecord& s, DeviceRecord& d) {
  if (s.device == d.id) return;
  if (DeviceRecord* const was = device(s.device)) {
    if (s.open() && was->open != 0) --was->open;
    was->dirty = was->recheck = true;
  }
  if (s.open()) ++d.open;
  s.device = d.id;
  s.dirty = true;
}

void Batch::came_through(const At& at, SessionRecord& s, DeviceRecord& d) {
  const bool again = d.good_session == s.id;
  d.dirty = true;
  d.last_seen_ns = std::max(d.last_seen_ns, at.time_ns());
  d.last_success_ns = std::max(d.last_success_ns, at.time_ns());
  d.failing = false;
  d.ip = s.ip;
  d.ja4 = s.ja4;
  d.facts = s.facts;
  if (again) return;
  // As fleet::Fleet::connected() has it.
  ++d.sessions;
  d.gone_before_ns = d.open > 1 ? 0 : d.gone_ns;
  d.stayed = d.good_session != 0 && d.good_ip == s.ip;
  if (!s.ja4.empty() && s.ja4 != d.good_ja4) d.ja4_before = std::exchange(d.good_ja4, s.ja4);
  d.good_ip = s.ip;
  d.good_session = s.id;
}

void Batch::on(const At& at, const NameNote& note) {
  SessionRecord* const s = session(at, note.session, true);
  DeviceRecord* const d = device(at, note.device, true);
  if (s == nullptr || d == nullptr) return;
  if (s->fresh && s->started_ns == 0) s->started_ns = at.time_ns();
  s->established = true;
  s->how = note.how;
  take_policy(note.policy, s->facts);
  give(*s, *d);
  if (d->good_session != s->id) d->connected_before_ns = d->last_success_ns;
  came_through(at, *s, *d);
  database_.sql("UPDATE certificate SET device = ?2 WHERE session = ?1 AND of_client = 1")
      .with(s->id, d->id)
      .run();
}

void Batch::end(SessionRecord& s, std::uint64_t at_ns) {
  const bool was_open = s.open();
  s.established = true;
  s.ended_ns = at_ns;
  s.dirty = true;
  DeviceRecord* const d = device(s.device);
  if (d == nullptr) return;
  d->dirty = true;
  if (was_open && d->open != 0 && --d->open == 0) d->gone_ns = at_ns;
}

void Batch::on(const At& at, const EndNote& note) {
  SessionRecord* const s = session(at, note.session, true);
  if (s == nullptr) return;
  if (s->started_ns == 0) s->started_ns = at.time_ns() - std::min(at.time_ns(), note.duration_ns);
  if (!note.ip.empty()) s->ip = note.ip, s->port = note.port != 0 ? note.port : s->port;
  s->reason = kept_.words.of(database_, note.reason);
  s->bytes_in = note.bytes_in;
  s->bytes_out = note.bytes_out;
  Facts& f = s->facts;
  if (note.mfln.requested) f.mfln_requested = note.mfln.requested;
  if (note.mfln.negotiated) f.mfln_negotiated = note.mfln.negotiated;
  if (note.mfln.max_record_sent) f.max_record = note.mfln.max_record_sent;
  if (note.mfln.honoured) f.honoured = note.mfln.honoured;
  take_policy(note.policy, f);
  if (DeviceRecord* const d = device(at, note.device, note.came_through); d != nullptr && s->device == 0) {
    s->how = static_cast<std::uint8_t>(event::How::session);
    give(*s, *d);
    if (note.came_through) {
      d->connected_before_ns = d->last_success_ns;
      came_through(at, *s, *d);
    }
  }
  end(*s, at.time_ns());
  DeviceRecord* const d = device(s->device);
  if (d == nullptr) return;
  d->last_seen_ns = std::max(d->last_seen_ns, at.time_ns());
  if (d->good_session == s->id) d->facts = s->facts;
}

void Batch::on(const At& at, const SaidNote& note) {
  told_ = {at.note.sequence, note.told_at_ns};
  DeviceRecord* const d = device(at, note.device, true);
  keep_line(at, d != nullptr ? d->id : 0, 0, note.action, session_id(at, note.session), note.json);
  if (d == nullptr) return;
  d->dirty = true;
  d->last_seen_ns = std::max(d->last_seen_ns, at.time_ns());
  if (!note.firmware.empty()) d->firmware = note.firmware;
  if (note.seq == 0) return;
  const auto same = std::ranges::find(d->told, note.era, &DeviceRecord::Told::era);
  if (same != d->told.end() && same->seq != 0) {
    *same = {note.era, note.seq, note.count};
    return;
  }
  std::rotate(d->told.begin(), d->told.end() - 1, d->told.end());
  d->told.front() = {note.era, note.seq, note.count};
}

void Batch::correct(const At& at, const DiagnosisNote& note, WordId cause, DeviceRecord* d) {
  for (const event::Diagnosis::Corrected& one : note.corrected) {
    count_hour(one.at_unix_ns, at.broker, kept_.words.of(database_, one.was_cause), -1);
    count_hour(one.at_unix_ns, at.broker, cause, 1);
    if (d == nullptr || one.outside_was_device == note.device) continue;
    ++d->failures;
    DeviceRecord* const was = device(at, one.outside_was_device, false);
    if (was == nullptr) continue;
    was->failures -= std::min<std::uint64_t>(was->failures, 1);
    was->dirty = was->recheck = true;
  }
}

void Batch::on(const At& at, const DiagnosisNote& note) {
  const WordId cause = kept_.words.of(database_, note.cause);
  const std::int64_t incident = note.incident.empty() ? 0 : incident_id(at.broker, note.incident);
  DeviceRecord* const d = device(at, note.device, true);
  const bool by_report = told_.sequence == at.note.sequence;
  const std::uint64_t told_ns = by_report ? std::exchange(told_, {}).at_ns : 0;
  std::uint64_t failed_ns = told_ns != 0 ? told_ns : at.time_ns();
  std::int64_t first = 0;
  for (const SessionName& name : note.sessions) {
    if (first == 0) first = session_id(at, name);
    SessionRecord* const s = note.sessions_failed ? session(at, name, false) : nullptr;
    if (s == nullptr) continue;
    const std::int64_t was = s->device;
    s->cause = cause;
    s->incident = incident;
    s->how = note.how;
    if (d != nullptr) give(*s, *d);
    if (was == 0 || was == s->device) continue;
    // What was said of the wrong device is no longer its own.
    database_
        .sql("UPDATE line SET device = 0 WHERE device = ?1 AND device <> 0 AND session = ?2 AND action = ?3")
        .with(was, s->id, kept_.words.of(database_, "diagnosis"))
        .run();
  }
  count_hour(at.time_ns(), at.broker, cause, static_cast<std::int64_t>(note.failures));
  correct(at, note, cause, d);
  if (!note.corrected.empty()) failed_ns = note.corrected.back().at_unix_ns;
  if (!note.json.empty()) keep_line(at, d != nullptr ? d->id : 0, incident, "diagnosis", first, note.json);
  if (d == nullptr) return;
  d->dirty = true;
  d->failures += note.failures;
  d->last_seen_ns = std::max(d->last_seen_ns, at.time_ns());
  if (note.failures == 0 && note.corrected.empty()) return;
  // A report is about what is over: it never makes its device one that fails.
  // As fleet::Fleet::failed() has it.
  constexpr std::uint64_t kTryingNs = std::uint64_t{15} * 60 * 1'000'000'000;
  const bool row = d->failing && failed_ns < d->last_failure_ns + kTryingNs;
  if (!by_report && note.failures != 0 && !row) d->sure = note.sure;
  if (!by_report && note.failures != 0) d->failing = true;
  if (!by_report && !note.ip.empty()) d->ip = note.ip;
  if (failed_ns < d->last_failure_ns) return;
  d->last_failure_ns = failed_ns;
  d->cause = cause;
  d->incident = incident;
}

void Batch::on(const At& at, const CertificateNote& note) {
  if (note.certificate == nullptr) return;
  see_certificate(at, note.listener_port, note.of_client, note.of_client ? session_id(at, note.session) : 0,
                  *note.certificate);
}

void Batch::recheck(DeviceRecord& d) {
  d.cause = 0;
  d.incident = 0;
  d.last_failure_ns = 0;
  Statement& last = database_
                        .sql(
                            "SELECT max(started, ended), cause, incident FROM session WHERE device = ?1 AND "
                            "device <> 0 AND cause <> 0 ORDER BY started DESC LIMIT 1")
                        .with(d.id);
  if (last.next()) {
    d.last_failure_ns = last.get<std::uint64_t>(0);
    d.cause = last.get<WordId>(1);
    d.incident = last.integer(2);
  }
  last.reset();
  d.failing = d.failing && d.last_failure_ns > d.last_success_ns;
}

}  // namespace tlswatch::store
