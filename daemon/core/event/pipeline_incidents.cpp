#include <algorithm>

#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/pipeline_context.h"
#include "daemon/core/event/session_verdict.h"
#include "daemon/core/incident/stranger.h"
#include "daemon/core/text/utf8.h"

// What a diagnosis does to the incidents: which one it belongs to, whether it is a line, and what opens,
// comes back or is over by it.
namespace tlswatch::event {
namespace {

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

/// An address and the hello that came from there.
std::string place_key(const fleet::Session& session) {
  std::string out = session.peer ? std::string(facts::to_text(*session.peer).view()) : "?";
  if (session.ja4) out.append("/").append(session.ja4->view());
  return out;
}

std::string_view verb(incident::Step step) noexcept {
  switch (step) {
    case incident::Step::none: return "";
    case incident::Step::opened: return "opened";
    case incident::Step::reopened: return "came back";
    case incident::Step::resolved: return "is over";
  }
  return "";
}

std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string incident_message(const incident::Incident& i, incident::Step step) {
  std::string out = "Incident " + i.id + " ";
  out.append(verb(step)).append(": ").append(i.cause);
  if (i.port != 0) out += " on port " + std::to_string(i.port);
  if (!i.profile.empty()) out += ", profile " + text::to_utf8(i.profile);
  out += i.devices_at_least ? ", at least " : ", ";
  out += counted(i.devices, "device") + ", " + counted(i.failures, "failure");
  if (!i.merged_into.empty()) out += "; it is now " + i.merged_into;
  return out;
}

/// A line about an incident; all but its place in the log.
Incident to_event(const incident::Incident& from, incident::Step step) {
  Incident out;
  out.step = step;
  out.header.outcome = step == incident::Step::resolved ? Outcome::success : Outcome::failure;
  out.header.message = incident_message(from, step);
  out.incident = from.id;
  out.cause = catalog::cause_id(catalog::find_cause(from.cause).value_or(catalog::Cause::unknown));
  out.devices = from.devices;
  out.failures = from.failures;
  out.first_seen_unix_ns = from.first_seen_unix_ns;
  out.last_seen_unix_ns = from.last_seen_unix_ns;
  out.hours = from.hours.list();
  if (step == incident::Step::resolved) out.merged_into = from.merged_into;
  return out;
}

incident::Signature signature_of(std::string_view broker, const fleet::CountedAs& as) noexcept {
  return {broker, as.cause, as.port, as.profile, as.subject};
}

incident::Victim victim_of(std::string_view broker, const fleet::CountedAs& as) noexcept {
  using Kind = incident::Victim::Kind;
  return {as.victim_is_device ? Kind::device : Kind::place, broker, as.victim};
}

}  // namespace

Header with_part(const Header& first, std::uint64_t part) {
  Header out = first;
  if (part == 0) return out;
  out.part = part;
  out.id += "." + std::to_string(part);
  return out;
}

void Pipeline::LinesOut::emit_next(Incident event) {
  Header header = with_part(first, next_part++);
  header.outcome = event.header.outcome;
  header.message = std::move(event.header.message);
  event.header = std::move(header);
  emit(event);
}

fleet::CountedAs Pipeline::counted_as(const fleet::Session& session, const Diagnosis& diagnosis) const {
  fleet::CountedAs out;
  out.cause = diagnosis.cause;
  if (session.local) out.port = session.local->port;
  if (const policy::Profile* const profile = profile_of(settings_.profiles, session))
    out.profile = profile->name;
  if (session.server_leaf) out.subject = hex(session.server_leaf->sha256);
  out.victim_is_device = !diagnosis.outside_device_id.empty();
  out.victim = out.victim_is_device ? diagnosis.outside_device_id : place_key(session);
  return out;
}

bool Pipeline::is_stranger(const fleet::Session& session, const Diagnosis& diagnosis) {
  const std::uint32_t broker = session.key.broker;
  incident::StrangerFacts facts;
  facts.cause = diagnosis.cause;
  facts.device_at_address = fleet_.devices().anybody_at(fleet::place_of(broker, session.peer));
  facts.ja4_succeeded = fleet_.has_succeeded(broker, fleet::hello_id(session.ja4));
  facts.profile_matched = recognised(settings_.profiles, session);
  facts.device_named = !diagnosis.outside_device_id.empty();
  facts.devices_known = fleet_.devices().size_at(broker);
  return incident::is_stranger(facts);
}

fleet::CountedAs Pipeline::count_failure(const fleet::Session& session, const diagnose::Rule* rule,
                                         LinesOut& lines, Diagnosis& out) {
  const Header& header = out.header;
  if (rule != nullptr && rule->benign) {
    lines.emit(out);
    return {};
  }
  if (is_stranger(session, out)) {
    const auto counted = strangers_.count(header.broker, out.cause, place_key(session), header.time_unix_ns);
    out.count = counted.of_address;
    out.failures = 1;
    out.stranger = true;
    say(out, counted.say, lines.emit);
    return {};
  }
  fleet::CountedAs as = counted_as(session, out);
  count(as, 1, lines, out);
  return as;
}

void Pipeline::count(const fleet::CountedAs& as, std::uint64_t failures, LinesOut& lines, Diagnosis& out) {
  const Header& header = out.header;
  if (again_) return;  // it is in the incidents, and its lines are written
  const auto counted = incidents_.failure(signature_of(header.broker, as), victim_of(header.broker, as),
                                          header.time_unix_ns, failures);
  out.incident = counted.incident->id;
  out.count = counted.failures;
  out.failures = failures;
  say(out, counted.say, lines.emit);
  if (counted.step != incident::Step::none) lines.emit_next(to_event(*counted.incident, counted.step));
}

void Pipeline::say(Diagnosis& out, bool due, const Emit& emit) const {
  out.folded = !due && !settings_.every_line;
  if (!out.folded || settings_.folded_too) emit(out);
}

void Pipeline::recount(const std::vector<std::uint64_t>& failures, LinesOut& lines, Diagnosis& out) {
  const std::string_view broker = out.header.broker;
  std::vector<Incident> due;
  for (std::size_t i = 0; i < failures.size();) {
    const fleet::CountedAs was = fleet_.ledger().find(failures[i])->counted;
    std::vector<std::uint64_t> times;
    for (; i < failures.size() && fleet_.ledger().find(failures[i])->counted == was; ++i)
      times.push_back(fleet_.ledger().find(failures[i])->to_ns);
    if (was.cause.empty()) continue;  // it was counted nowhere
    for (const std::uint64_t at : times)
      out.corrected.push_back({was.cause, was.victim_is_device ? was.victim : std::string(), at});
    fleet::CountedAs is = was;
    is.cause = out.cause;
    if (!out.outside_device_id.empty()) {
      is.victim_is_device = true;
      is.victim = out.outside_device_id;
    }
    if (!again_) {
      const auto moved =
          incidents_.move(signature_of(broker, was), victim_of(broker, was), signature_of(broker, is),
                          victim_of(broker, is), times.size(), times);
      if (moved.target.incident == nullptr) continue;
      out.incident = moved.target.incident->id;
      out.count = std::max(out.count, moved.target.failures);
      for (const incident::Due& one : moved.due) due.push_back(to_event(*one.incident, one.step));
    }
    for (std::size_t k = i - times.size(); k < i; ++k) fleet_.ledger().find(failures[k])->counted = is;
  }
  lines.emit(out);
  for (Incident& event : due) lines.emit_next(std::move(event));
}

void Pipeline::recover(const fleet::Session& session, LinesOut lines) {
  if (session.met_as.empty() || again_) return;
  const Header& first = lines.first;
  const auto well = [&](const incident::Victim& victim) {
    for (const incident::Due& due : incidents_.success(victim, first.time_unix_ns))
      lines.emit_next(to_event(*due.incident, due.step));
  };
  well({incident::Victim::Kind::device, first.broker, session.met_as});
  if (!fleet_.may_have_failed(session.key.broker, session.met_as)) return;
  const std::string place = place_key(session);
  well({incident::Victim::Kind::place, first.broker, place});
}

}  // namespace tlswatch::event
