#include "daemon/view/timeline.h"

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/view/diagnosis.h"
#include "daemon/view/rows_json.h"

namespace tlswatch::view {
namespace {

/// Entry: one of both is null.
struct Entry {
  std::uint64_t at_ns = 0;
  const store::SessionRow* session = nullptr;
  const store::LineRow* line = nullptr;
};

std::string_view side_of(std::string_view action) {
  return action == "device-report" || action == "device-log" ? "device" : "tlswatch";
}

/// "9 s", "3 min", "5 h", "2 days".
std::string lasted(std::uint64_t ns) {
  const std::uint64_t s = ns / 1'000'000'000;
  if (s == 0) return std::to_string(ns / 1'000'000) + " ms";
  if (s < 120) return std::to_string(s) + " s";
  if (s < 7200) return std::to_string(s / 60) + " min";
  if (s < 172'800) return std::to_string(s / 3600) + " h";
  return std::to_string(s / 86'400) + " days";
}

void write_entry(log::JsonWriter& j, const Entry& entry) {
  j.object([&] {
    write_time(j, "at", entry.at_ns);
    if (entry.session != nullptr) {
      j.key("side").name("broker");
      j.key("kind").name("session");
      j.key("text").text(session_sentence(*entry.session));
      write(j.key("session"), *entry.session);
      j.key("event").null();
      return;
    }
    j.key("side").name(side_of(entry.line->action));
    j.key("kind").outside(entry.line->action);
    j.key("text").text(message_of(*entry.line));
    j.key("session").null();
    write_line(j.key("event"), entry.line->json);
  });
}

}  // namespace

std::string session_sentence(const store::SessionRow& session) {
  const std::string from = session.ip.empty() ? std::string() : " from " + session.ip;
  std::string out;
  if (session.established) {
    out = (session.tls.version.empty() ? "TLS" : "TLS " + session.tls.version) + " session" + from;
    if (session.ended_ns > session.started_ns) out += " for " + lasted(session.ended_ns - session.started_ns);
    if (!session.end_reason.empty()) out += ", ended: " + session.end_reason;
  } else {
    out = "Handshake" + from + " failed";
    if (!session.stage.empty()) out += " after " + session.stage;
    if (!session.cause.empty()) out += ": " + session.cause;
    if (!session.outside_openssl.empty()) out += " (OpenSSL: " + session.outside_openssl + ")";
  }
  return text::to_utf8(out, log::kMaxText);
}

void write_timeline(log::JsonWriter& j, std::string_view name, const DeviceStory& story) {
  std::vector<Entry> entries;
  for (const store::SessionRow& session : story.sessions)
    entries.push_back({session.started_ns, &session, nullptr});
  for (const store::LineRow& line : story.lines) entries.push_back({line.at_ns, nullptr, &line});
  std::ranges::stable_sort(entries, std::ranges::greater(), &Entry::at_ns);
  j.array(name, [&] {
    for (const Entry& entry : entries) write_entry(j, entry);
  });
}

}  // namespace tlswatch::view
