#include "session_lines.h"

#include <map>

namespace tlswatch::device_scenarios {
namespace {

using harness::Event;

bool is_true(const Event& event, std::string_view path) {
  const rapidjson::Value* value = event.find(path);
  return value != nullptr && value->IsTrue();
}

std::string handshake(const Event& event) {
  std::string out = event.text("tls.cipher");
  if (event.text("event.outcome") != "success") {
    out = "no handshake after " + event.text("tlswatch.stage");
    for (const rapidjson::Value& alert : event.find("tlswatch.alerts")->GetArray()) {
      out += std::string(", ") + alert["direction"].GetString() + " " + alert["name"].GetString();
    }
    return out;
  }
  if (const auto mfln = event.number("tlswatch.mfln.negotiated")) out += ", mfln " + std::to_string(*mfln);
  if (is_true(event, "tlswatch.mfln.honoured")) out += " honoured";
  if (is_true(event, "tls.resumed")) out += ", resumed";
  return out;
}

/// A diagnosis stands with every session that it names; any other line with its own.
std::vector<std::string> sessions_of(const Event& event) {
  const rapidjson::Value* named = event.find("tlswatch.sessions");
  if (named == nullptr || !named->IsArray() || named->Empty()) return {event.session()};
  std::vector<std::string> out;
  for (const rapidjson::Value& session : named->GetArray()) out.emplace_back(session.GetString());
  return out;
}

std::string cause(const Event& event) {
  std::string out = "cause " + event.text("tlswatch.cause");
  if (event.text("tlswatch.identity.how") == "report") out += ", told by " + event.text("device.id");
  const std::size_t sessions = sessions_of(event).size();
  return sessions == 1 ? out : out + ", of " + std::to_string(sessions) + " sessions";
}

/// What is said of a group of failures; everything else is of a session.
bool is_of_an_incident(const Event& event) {
  return event.action().starts_with("incident-");
}

std::string line(const Event& event, EraNames& eras) {
  if (event.action() == "tls-handshake") return handshake(event);
  if (event.action() == "mqtt-identified") return "is " + event.text("device.id");
  if (event.action() == "device-report") return report_line(event, eras);
  if (event.action() == "diagnosis") return cause(event);
  if (event.action() == "session-end") return "end " + event.text("event.reason");
  return event.action();
}

}  // namespace

std::string report_line(const Event& event, EraNames& eras) {
  const auto number = [&event](std::string_view path) { return event.number(path).value_or(-1); };
  return "report " + eras(static_cast<std::uint32_t>(number("tlswatch.report.era"))) + "/" +
         std::to_string(number("tlswatch.report.seq")) + " " + event.text("tlswatch.device_error.stack") +
         " " + std::to_string(number("tlswatch.device_error.code")) + " " +
         event.text("tlswatch.device_error.name") + " x" +
         std::to_string(number("tlswatch.device_error.count"));
}

std::vector<std::vector<std::string>> session_lines(const std::vector<Event>& events, EraNames& eras) {
  std::map<std::string, std::size_t> places;
  std::vector<std::vector<std::string>> out;
  for (const Event& event : events) {
    if (is_of_an_incident(event)) continue;
    for (const std::string& session : sessions_of(event)) {
      const auto [place, is_new] = places.try_emplace(session, out.size());
      if (is_new) out.emplace_back();
      if (event.action() != "session-start") out[place->second].push_back(line(event, eras));
    }
  }
  return out;
}

}  // namespace tlswatch::device_scenarios
