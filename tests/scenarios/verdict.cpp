#include "verdict.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>

#include "error.h"

namespace tlswatch::scenarios {
namespace {

using harness::Error;
using harness::Event;

void only(const YAML::Node& map, const std::set<std::string>& known) {
  if (!map.IsMap()) throw Error("line " + std::to_string(map.Mark().line + 1) + ": a map is wanted here");
  for (const auto& entry : map) {
    const auto key = entry.first.as<std::string>();
    if (!known.contains(key))
      throw Error("line " + std::to_string(entry.first.Mark().line + 1) + ": unknown word '" + key + "'");
  }
}

std::vector<std::string> sessions_of(const Event& diagnosis) {
  std::vector<std::string> out;
  const rapidjson::Value* sessions = diagnosis.find("tlswatch.sessions");
  if (sessions == nullptr || !sessions->IsArray()) return out;
  for (const rapidjson::Value& session : sessions->GetArray()) out.emplace_back(session.GetString());
  return out;
}

// The record that a line was made of: its id without the part.
std::string record_of(const Event& event) {
  const std::string id = event.text("event.id");
  return id.substr(0, id.find('.', id.rfind(':') + 1));
}

// Sessions that brought a report, by its record: a diagnosis of the same record is about that report.
std::map<std::string, std::string> reporting_sessions(const std::vector<Event>& events) {
  std::map<std::string, std::string> out;
  for (const Event& event : events) {
    if (event.action() == "device-report") out[record_of(event)] = event.session();
  }
  return out;
}

}  // namespace

std::string to_text(const Verdict& verdict) {
  return verdict.cause + ", " + verdict.how + ", " + (verdict.device.empty() ? "no device" : verdict.device);
}

std::string result_line(const std::vector<Verdict>& got) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
  out.StartArray();
  for (const Verdict& verdict : got) {
    out.StartObject();
    for (const auto& [key, value] : {std::pair("cause", &verdict.cause), std::pair("how", &verdict.how),
                                     std::pair("device", &verdict.device)}) {
      out.Key(key);
      value->empty() ? out.Null() : out.String(value->c_str());
    }
    out.EndObject();
  }
  out.EndArray();
  return buffer.GetString() + std::string("\n");
}

VerdictFile read_verdict(const std::filesystem::path& folder) {
  const std::string file = (folder / "verdict.yaml").string();
  try {
    const YAML::Node root = YAML::LoadFile(file);
    only(root, {"stack", "held_out", "open", "verdict"});
    VerdictFile out;
    out.stack = root["stack"].as<std::string>();
    out.held_out = root["held_out"].as<bool>(false);
    if (const YAML::Node open = root["open"]) {
      only(open, {"said", "why"});
      out.said_instead = open["said"].as<std::string>();
      out.why = open["why"].as<std::string>();
    }
    if (!root["verdict"].IsSequence()) throw Error("verdict is a list");
    for (const YAML::Node& node : root["verdict"]) {
      only(node, {"cause", "how", "device"});
      const YAML::Node device = node["device"];
      out.verdicts.push_back({node["cause"].as<std::string>(), node["how"].as<std::string>(),
                              device && !device.IsNull() ? device.as<std::string>() : ""});
    }
    return out;
  } catch (const YAML::Exception& error) {
    throw Error(file + ": " + error.what());
  } catch (const Error& error) {
    throw Error(file + ": " + error.what());
  }
}

std::vector<Verdict> verdicts_of(const std::vector<Event>& events) {
  const std::map<std::string, std::string> reporting = reporting_sessions(events);
  std::map<std::string, std::size_t> sessions;  // by first appearance: the order of the tries
  for (const Event& event : events) {
    if (!event.session().empty()) sessions.try_emplace(event.session(), sessions.size());
  }
  std::map<std::pair<std::size_t, std::size_t>, Verdict>
      tries;  // place of the session; its unseen tries after it
  std::size_t unseen = 0;
  for (const Event& event : events) {
    if (event.action() != "diagnosis") continue;
    const Verdict verdict{event.text("tlswatch.cause"), event.text("tlswatch.identity.how"),
                          event.text("device.id")};
    const auto report = reporting.find(record_of(event));
    for (const std::string& session : sessions_of(event)) {
      const std::size_t place = sessions.try_emplace(session, sessions.size()).first->second;
      const bool brought_it = report != reporting.end() && report->second == session;
      tries[{place, brought_it ? ++unseen : 0}] = verdict;
    }
  }
  std::vector<Verdict> out;
  for (const auto& [place, verdict] : tries) out.push_back(verdict);
  return out;
}

}  // namespace tlswatch::scenarios
