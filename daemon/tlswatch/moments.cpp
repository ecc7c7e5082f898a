#include "daemon/tlswatch/moments.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/when.h"
#include "daemon/tlswatch/words.h"
#include "daemon/tlswatch/wrap.h"

namespace tlswatch::cli {
namespace {

constexpr std::string_view kClosed = "the client closed the connection";

std::string_view side_word(Side side) {
  switch (side) {
    case Side::broker: return "broker";
    case Side::device: return "device";
    case Side::tlswatch: return "tlswatch";
  }
  return {};
}

/// event.reason in words; what is not in the list stands for itself.
std::string_view end_words(std::string_view reason) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kWords{{
      {"disconnect", "the device said goodbye"},
      {"closed", "the device closed the connection without a goodbye"},
      {"reset", "the connection was reset"},
      {"keepalive-timeout", "the device fell silent, and its keepalive ran out"},
      {"taken-over", "another connection took its client id"},
      {"kicked", "the broker's administration ended it"},
      {"protocol-error", "the broker ended it for a protocol error"},
      {"credentials-refused", "the broker refused user name or password"},
      {"broker-stopped", "the broker stopped"},
  }};
  for (const auto& [name, words] : kWords) {
    if (name == reason) return words;
  }
  return "nobody knows why";
}

bool ended_well(std::string_view reason) {
  return reason == "disconnect" || reason == "closed" || reason == "broker-stopped";
}

void append_part(std::string& out, std::string_view part) {
  if (!part.empty()) out.append("; ").append(part);
}

/// What broke, in the words of the broker's side: the diagnosis has them all, the row the most telling ones.
std::string failed_text(const store::SessionRow& session, const Diagnosis* diagnosis) {
  std::string out = "handshake from " + address_words(session.ip, session.port);
  if (diagnosis == nullptr) {
    out += " ended after " + session.stage;
    for (const std::string& alert : session.alerts) append_part(out, "alert " + alert);
    if (!session.outside_openssl.empty()) {
      append_part(out, "OpenSSL: " + text::to_utf8(session.outside_openssl));
    }
    return out;
  }
  const auto& evidence = diagnosis->evidence;
  const bool closed = std::ranges::any_of(evidence, [](const auto& one) { return one.what == kClosed; });
  static constexpr std::string_view kEnded = "the handshake ended after ";
  for (const auto& one : evidence) {
    if (!one.of_device && one.what.starts_with(kEnded))
      out += " ended after " + one.what.substr(kEnded.size());
  }
  for (const auto& one : evidence) {
    if (one.of_device || one.what.starts_with(kEnded)) continue;
    if (closed && one.what == "OpenSSL: unexpected eof while reading") continue;  // the same in other words
    append_part(out, one.what);
  }
  return out;
}

std::string established_text(const store::SessionRow& session) {
  std::string out =
      "connected from " + address_words(session.ip, session.port) + ": " + tls_words(session.tls);
  if (const std::string took = took_words(session.handshake_ns); !took.empty()) out += ", in " + took;
  for (const std::string& violation : session.policy.violations) {
    append_part(out, "out of policy: " + text::to_utf8(violation));
  }
  return out;
}

std::string lasted(const store::SessionRow& session) {
  const std::string took = took_words(session.ended_ns - session.started_ns);
  return took.empty() || session.ended_ns < session.started_ns ? "session ended"
                                                               : "session ended after " + took;
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

/// When the first of a diagnosis's sessions was, among those that are known; 0: none is.
std::uint64_t session_time(const Diagnosis& diagnosis, const std::vector<store::SessionRow>& sessions) {
  for (const store::SessionRow& session : sessions) {
    if (std::ranges::find(diagnosis.sessions, session.id) != diagnosis.sessions.end())
      return session.started_ns;
  }
  return 0;
}

}  // namespace

std::vector<Moment> session_moments(const store::SessionRow& session, const Diagnosis* diagnosis) {
  if (!session.established) {
    return {{session.started_ns, Side::broker, failed_text(session, diagnosis), Style::bad}};
  }
  std::vector<Moment> out{{session.started_ns, Side::broker, established_text(session), Style::good}};
  if (session.ended_ns != 0) {
    const bool well = ended_well(session.end_reason);
    out.push_back({session.ended_ns, Side::broker,
                   lasted(session) + ": " + std::string(end_words(session.end_reason)),
                   well ? Style::plain : Style::bad});
  }
  return out;
}

Moment device_moment(const DeviceError& error, std::uint64_t happened_ns) {
  std::string text = error.name.empty() ? "an error that is not known" : error.name;
  text += " (" + error.stack + ' ' + error.code + ")";
  if (error.count > 1) text += ", " + std::to_string(error.count) + " times";
  if (!error.meaning.empty()) text += ": " + error.meaning;
  const std::uint64_t known = happened_ns != 0 ? happened_ns : error.happened_ns;
  return {known != 0 ? known : error.told_ns, Side::device, std::move(text), Style::bad};
}

std::vector<Moment> line_moments(const std::vector<store::LineRow>& lines,
                                 const std::vector<store::SessionRow>& sessions) {
  std::vector<Diagnosis> diagnoses;
  for (const store::LineRow& line : lines) {
    if (auto diagnosis = read_diagnosis(line.json)) diagnoses.push_back(std::move(*diagnosis));
  }
  std::vector<Moment> out;
  for (const Diagnosis& one : diagnoses) {
    out.push_back(
        {one.at_ns, Side::tlswatch, one.cause + ", " + percent(one.confidence) + " sure: " + one.verdict});
  }
  for (const store::LineRow& line : lines) {
    if (line.action == "diagnosis") continue;
    const auto error = read_device_error(line.json);
    if (!error) {
      out.push_back({line.at_ns, Side::device, read_message(line.json)});
      continue;
    }
    // The diagnosis of a report is made of the same event, so it has the same time.
    const auto made = std::ranges::find(diagnoses, error->told_ns, &Diagnosis::at_ns);
    out.push_back(device_moment(*error, made == diagnoses.end() ? 0 : session_time(*made, sessions)));
  }
  return out;
}

std::string moments_text(std::vector<Moment> moments, const Screen& screen) {
  constexpr std::size_t kSideColumns = 8;
  std::ranges::stable_sort(moments, [](const Moment& a, const Moment& b) {
    return std::pair(a.at_ns, a.side) < std::pair(b.at_ns, b.side);
  });
  std::string out;
  std::string day;
  for (const Moment& moment : moments) {
    if (const std::string date = date_text(moment.at_ns); date != day) {
      day = date;
      out += "  " + screen.paint(Style::faint, day + " UTC") + '\n';
    }
    const std::string head =
        "  " + clock_text(moment.at_ns) + "  " + padded(side_word(moment.side), kSideColumns) + "  ";
    append_wrapped(out, head, moment.text, screen, moment.style);
  }
  return out;
}

}  // namespace tlswatch::cli
