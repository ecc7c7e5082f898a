#include "daemon/tlswatch/why_text.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/lists.h"
#include "daemon/tlswatch/moments.h"
#include "daemon/tlswatch/told.h"
#include "daemon/tlswatch/when.h"
#include "daemon/tlswatch/words.h"
#include "daemon/tlswatch/wrap.h"

namespace tlswatch::cli {
namespace {

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

void append_heading(std::string& out, std::string_view heading, const Screen& screen) {
  out += '\n' + screen.paint(Style::title, heading) + '\n';
}

void append_paragraph(std::string& out, std::string_view text, const Screen& screen) {
  append_wrapped(out, "  ", text, screen);
}

std::optional<Diagnosis> latest_diagnosis(const std::vector<store::LineRow>& lines) {
  for (const store::LineRow& line : lines) {
    if (auto diagnosis = read_diagnosis(line.json)) return diagnosis;
  }
  return std::nullopt;
}

/// How it is known whose failure it was.
std::string identity_words(const Diagnosis& diagnosis) {
  if (diagnosis.how == "session" || diagnosis.how == "broker-log") return "it said its name";
  if (diagnosis.how == "report") return "its own report names this failure";
  if (diagnosis.how == "client-certificate") return "it showed its certificate";
  if (diagnosis.how == "psk") return "it showed its PSK identity";
  std::string out = diagnosis.how == "inferred" ? "inferred from who lives at that address, " +
                                                      percent(diagnosis.identity_confidence) + " sure"
                                                : "nobody knows which device it was";
  if (!diagnosis.candidates.empty()) out += "; it may be " + diagnosis.candidates.front();
  for (std::size_t i = 1; i < diagnosis.candidates.size(); ++i) out += ", " + diagnosis.candidates[i];
  return out;
}

void append_advice(std::string& out, const Diagnosis& diagnosis, const Screen& screen) {
  append_heading(out, "What to do", screen);
  append_paragraph(out, diagnosis.remedy.empty() ? diagnosis.verdict : diagnosis.remedy, screen);
  append_heading(out, "What else it could be", screen);
  if (diagnosis.alternatives.empty()) append_paragraph(out, "Nothing else fits what was seen.", screen);
  for (const Diagnosis::Alternative& other : diagnosis.alternatives) {
    append_paragraph(out, other.cause + ", " + percent(other.confidence), screen);
  }
}

/// The failure's sessions with what both sides said of them, and the next good session.
std::vector<Moment> evidence(const Diagnosis& diagnosis, const std::vector<store::SessionRow>& sessions,
                             const std::vector<store::LineRow>& lines) {
  constexpr std::size_t kMostFailures = 3;
  std::vector<Moment> out;
  std::uint64_t failed_ns = 0;
  for (const store::SessionRow& session : sessions) {
    if (std::ranges::find(diagnosis.sessions, session.id) == diagnosis.sessions.end()) continue;
    failed_ns = std::max(failed_ns, session.started_ns);
    if (out.size() < kMostFailures)
      std::ranges::move(session_moments(session, &diagnosis), std::back_inserter(out));
  }
  const auto after = std::find_if(sessions.rbegin(), sessions.rend(), [&](const store::SessionRow& one) {
    return one.established && failed_ns != 0 && one.started_ns > failed_ns;
  });
  if (after != sessions.rend()) out.push_back(session_moments(*after).front());
  bool device_spoke = false;
  for (const store::LineRow& line : lines) {
    const auto error = read_device_error(line.json);
    if (!error || error->told_ns != diagnosis.at_ns) continue;
    out.push_back(device_moment(*error, failed_ns));
    device_spoke = true;
  }
  const std::uint64_t at_ns = failed_ns == 0 ? diagnosis.at_ns : failed_ns;
  std::string broker;
  for (const Diagnosis::Evidence& one : diagnosis.evidence) {
    if (one.of_device && !device_spoke) out.push_back({at_ns, Side::device, one.what, Style::bad});
    if (!one.of_device) broker += (broker.empty() ? "" : "; ") + one.what;
  }
  if (failed_ns == 0 && !broker.empty()) out.push_back({at_ns, Side::broker, broker, Style::bad});
  return out;
}

void append_command(std::string& out, std::string_view verb, std::string_view id, const Screen& screen) {
  append_paragraph(out, "tlswatch " + std::string(verb) + ' ' + shell_word(id), screen);
}

/// "boiler cannot connect." and how it is in other states.
std::string lead(const store::DeviceRow& device, std::uint64_t now_ns) {
  const std::string name = text::to_utf8(device.outside_id);
  switch (device.state) {
    case store::DeviceState::failing: return name + " cannot connect.";
    case store::DeviceState::connected:
      return name + " is connected. It failed " + ago(device.last_failure_ns, now_ns) + ".";
    case store::DeviceState::gone: break;
  }
  return name + " was connected last " + ago(device.last_success_ns, now_ns) + ". It failed " +
         ago(device.last_failure_ns, now_ns) + ".";
}

void append_policy(std::string& out, const store::DeviceRow& device, const Screen& screen) {
  if (device.policy.violations.empty()) return;
  append_heading(out, "Out of policy (" + device.policy.profile + ")", screen);
  for (const std::string& violation : device.policy.violations)
    append_paragraph(out, text::to_utf8(violation), screen);
}

}  // namespace

std::string device_report(const store::DeviceRow& device, const std::vector<store::SessionRow>& sessions,
                          const std::vector<store::LineRow>& lines, std::uint64_t now_ns,
                          const Screen& screen) {
  std::string out;
  const auto diagnosis = latest_diagnosis(lines);
  const bool failing = device.state == store::DeviceState::failing;
  if (!diagnosis) {
    const std::string name = text::to_utf8(device.outside_id);
    append_wrapped(out, "",
                   name + (failing ? " cannot connect, and no diagnosis of it is kept."
                                   : " has not failed: nothing to explain."),
                   screen, failing ? Style::bad : Style::good);
    append_policy(out, device, screen);
    return out;
  }
  append_wrapped(out, "", lead(device, now_ns), screen, failing ? Style::bad : Style::good);
  append_wrapped(out, "", diagnosis->verdict, screen, Style::title);
  append_wrapped(out, "",
                 diagnosis->cause + ", " + percent(diagnosis->confidence) + " sure; " +
                     counted(device.failures, "failure") + ", the last one " +
                     ago(device.last_failure_ns, now_ns) + ". Whose it was: " + identity_words(*diagnosis) +
                     ".",
                 screen);
  append_heading(out, "What happened", screen);
  out += moments_text(evidence(*diagnosis, sessions, lines), screen);
  append_advice(out, *diagnosis, screen);
  append_policy(out, device, screen);
  if (diagnosis->incident.empty()) return out;
  append_heading(out, "Who else", screen);
  append_command(out, "incident", diagnosis->incident, screen);
  return out;
}

std::string device_story(const store::DeviceRow& device, const std::vector<store::SessionRow>& sessions,
                         const std::vector<store::LineRow>& lines, std::uint64_t now_ns,
                         const Screen& screen) {
  const bool failing = device.state == store::DeviceState::failing;
  std::string out;
  const std::string name = text::to_utf8(device.outside_id);
  append_wrapped(out, "",
                 name + " at " + device.broker + ": " + std::string(store::name(device.state)) +
                     ", last seen " + ago(device.last_seen_ns, now_ns) +
                     (device.ip.empty() ? "" : " at " + device.ip),
                 screen, failing ? Style::bad : Style::title);
  append_wrapped(out, "",
                 counted(device.sessions, "good session") + ", " + counted(device.failures, "failure") +
                     "; known since " + date_text(device.first_seen_ns),
                 screen);
  if (const std::string tls = tls_words(device.tls); !tls.empty()) {
    const std::string key = key_words(device.tls);
    append_wrapped(out, "", tls + (key.empty() ? "" : ", the broker's key " + key), screen);
  }
  append_policy(out, device, screen);
  append_heading(out, "Time line", screen);
  std::vector<Moment> moments = line_moments(lines, sessions);
  for (const store::SessionRow& session : sessions)
    std::ranges::move(session_moments(session), std::back_inserter(moments));
  out += moments_text(std::move(moments), screen);
  if (device.cause.empty()) return out;
  append_heading(out, "Why it failed", screen);
  append_command(out, "why", device.outside_id, screen);
  return out;
}

std::string incident_report(const store::IncidentRow& incident, const std::vector<store::VictimRow>& victims,
                            const std::vector<store::LineRow>& lines, std::uint64_t now_ns,
                            const Screen& screen) {
  std::string out;
  std::string head = counted(incident.devices, "device") + (incident.devices_at_least ? " or more" : "") +
                     (incident.open ? " cannot connect." : " could not connect; it is over.");
  append_wrapped(out, "", head, screen, incident.open ? Style::bad : Style::good);
  const auto diagnosis = latest_diagnosis(lines);
  if (diagnosis) append_wrapped(out, "", diagnosis->verdict, screen, Style::title);
  std::string facts = incident.cause + " at " + incident.broker;
  if (incident.listener_port != 0) facts += ", port " + std::to_string(incident.listener_port);
  if (!incident.profile.empty()) facts += ", profile " + incident.profile;
  facts += "; " + counted(incident.failures, "failure") + " since " + ago(incident.first_seen_ns, now_ns) +
           ", the last one " + ago(incident.last_seen_ns, now_ns);
  if (incident.reopened != 0) facts += "; came back " + counted(incident.reopened, "time");
  append_wrapped(out, "", facts + ".", screen);
  if (!incident.merged_into.empty()) {
    append_heading(out, "Reports named another cause: it is now", screen);
    append_command(out, "incident", incident.merged_into, screen);
  }
  if (diagnosis) append_advice(out, *diagnosis, screen);
  if (victims.empty()) return out;
  append_heading(out, "Who", screen);
  out += victims_table(victims, now_ns, screen);
  const auto named = std::ranges::find_if(
      victims, [](const store::VictimRow& one) { return !one.outside_device_id.empty(); });
  if (named == victims.end()) return out;
  append_heading(out, "Both sides of one of them", screen);
  append_command(out, "why", named->outside_device_id, screen);
  return out;
}

std::string nameless_report(const std::vector<store::SessionRow>& sessions, const Screen& screen) {
  std::string out;
  append_wrapped(out, "", "Nobody's name is on " + counted(sessions.size(), "session") + ":", screen,
                 Style::title);
  std::vector<Moment> moments;
  for (const store::SessionRow& session : sessions) {
    std::vector<Moment> seen = session_moments(session);
    if (!session.cause.empty())
      seen.push_back({session.started_ns, Side::tlswatch, session.cause, Style::bad});
    std::ranges::move(seen, std::back_inserter(moments));
  }
  out += moments_text(std::move(moments), screen);
  append_heading(out, "What its cause means, and what to do", screen);
  append_paragraph(
      out, "tlswatch incidents --cause " + (sessions.front().cause.empty() ? "ID" : sessions.front().cause),
      screen);
  return out;
}

}  // namespace tlswatch::cli
