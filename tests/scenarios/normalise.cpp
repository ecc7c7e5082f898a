#include "normalise.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <regex>
#include <tuple>

namespace tlswatch::scenarios {
namespace {

using harness::Event;
using rapidjson::Value;

using Holds = bool (*)(const Value&);

bool is_text(const Value& value) {
  return value.IsString() && value.GetStringLength() > 0;
}
bool is_time(const Value& value) {
  static const std::regex form(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
  return value.IsString() && std::regex_match(value.GetString(), form);
}
bool is_count(const Value& value) {
  return value.IsUint64();
}
bool is_positive(const Value& value) {
  return value.IsUint64() && value.GetUint64() > 0;
}
bool is_port(const Value& value) {
  return is_positive(value) && value.GetUint64() <= 65535;
}

struct Placeholder {
  const char* path;
  const char* text;
  Holds holds;
};

const Placeholder kPlaceholders[] = {
    {"@timestamp", "<time>", is_time},
    {"event.id", "<id>", is_text},
    {"event.sequence", "<sequence>", is_count},
    {"event.duration", "<ns>", is_positive},
    {"source.port", "<port>", is_port},
    {"source.bytes", "<bytes>", is_positive},
    {"destination.bytes", "<bytes>", is_positive},
    {"tlswatch.tcp.rtt_us", "<us>", is_positive},
    {"tlswatch.tcp.retransmits", "<count>", is_count},
    {"tlswatch.device_error.at", "<time>", is_time},
    {"tlswatch.device_error.heap", "<bytes>", is_count},
    {"tlswatch.report.era", "<era>", is_positive},
    {"tlswatch.incident", "<incident>", is_text},
    {"tlswatch.merged_into", "<incident>", is_text},
    {"tlswatch.first_seen", "<time>", is_time},
    {"tlswatch.last_seen", "<time>", is_time},
    {"tlswatch.hours[].from", "<time>", is_time},
};

// Numbers of this kind inside the sentences for people.
const std::pair<const char*, const char*> kSentence[] = {
    {R"((127\.0\.0\.1|localhost):\d+)", "$1:<port>"},
    {R"(\bport \d+)", "port <port>"},
    {R"(\btest:i[0-9a-f]{1,16}\b)", "<incident>"},
    {R"(\b\d+(\.\d+)? ?(ns|us|ms|s)\b)", "<duration>"},
    {R"(\b\d+ bytes\b)", "<bytes> bytes"},
};

class Normaliser {
 public:
  explicit Normaliser(const RunFacts& facts) : facts_(facts) {}

  std::string session(const std::string& id) {
    const auto [place, fresh] = sessions_.try_emplace(id, "s" + std::to_string(sessions_.size() + 1));
    return place->second;
  }

  void write(const Value& value, const std::string& path, rapidjson::Writer<rapidjson::StringBuffer>& out) {
    const std::string placeholder = placeholder_for(value, path);
    if (!placeholder.empty()) {
      out.String(placeholder.c_str());
    } else if (value.IsObject()) {
      write_object(value, path, out);
    } else if (value.IsArray()) {
      out.StartArray();
      for (const Value& item : value.GetArray()) write(item, path + "[]", out);
      out.EndArray();
    } else {
      value.Accept(out);
    }
  }

 private:
  void write_object(const Value& value, const std::string& path,
                    rapidjson::Writer<rapidjson::StringBuffer>& out) {
    std::vector<std::pair<std::string, const Value*>> members;
    for (const auto& member : value.GetObject()) members.emplace_back(member.name.GetString(), &member.value);
    std::sort(members.begin(), members.end());
    out.StartObject();
    for (const auto& [name, member] : members) {
      out.Key(name.c_str());
      write(*member, path.empty() ? name : path + "." + name, out);
    }
    out.EndObject();
  }

  std::string placeholder_for(const Value& value, const std::string& path) {
    if (std::find(facts_.vary.begin(), facts_.vary.end(), path) != facts_.vary.end()) return "<varies>";
    if (value.IsString() && (path == "tlswatch.session" || path == "tlswatch.sessions[]")) {
      return session(value.GetString());
    }
    if (path == "destination.port" && value.IsUint()) {
      const auto found = facts_.listeners.find(static_cast<std::uint16_t>(value.GetUint()));
      return found == facts_.listeners.end() ? "" : "<port of " + found->second + ">";
    }
    if (path == "message" && value.IsString()) return sentence(value.GetString());
    for (const Placeholder& row : kPlaceholders) {
      if (path == row.path && row.holds(value)) return row.text;
    }
    return {};
  }

  static std::string sentence(std::string text) {
    for (const auto& [pattern, replacement] : kSentence) {
      text = std::regex_replace(text, std::regex(pattern), replacement);
    }
    return text;
  }

  const RunFacts& facts_;
  std::map<std::string, std::string> sessions_;
};

// The session a line is about: its own, or for a diagnosis the first that it names.
std::string session_of(const Event& event) {
  if (const std::string own = event.session(); !own.empty()) return own;
  const Value* several = event.find("tlswatch.sessions");
  const bool any = several != nullptr && several->IsArray() && !several->Empty() && (*several)[0].IsString();
  return any ? (*several)[0].GetString() : "";
}

}  // namespace

std::vector<std::string> normalise(const std::vector<Event>& events, const RunFacts& facts) {
  std::vector<std::tuple<std::size_t, std::int64_t, const Event*>> ordered;
  std::map<std::string, std::size_t> place;
  for (const Event& event : events) {
    const std::size_t session = place.try_emplace(session_of(event), place.size()).first->second;
    ordered.emplace_back(session, event.number("event.sequence").value_or(0), &event);
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
  });
  Normaliser normaliser(facts);
  std::vector<std::string> lines;
  for (const auto& [session, sequence, event] : ordered) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> out(buffer);
    normaliser.write(event->json(), "", out);
    lines.emplace_back(buffer.GetString());
  }
  return lines;
}

}  // namespace tlswatch::scenarios
