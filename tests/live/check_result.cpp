#include "check_result.h"

#include "error.h"
#include "paths.h"
#include "process.h"

namespace tlswatch::live {
namespace {

std::string text(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value& value = object[key];
  return value.IsString() ? value.GetString() : "";
}

std::string figure(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value& value = object[key];
  return value.IsUint() ? std::to_string(value.GetUint()) : "-";
}

std::vector<std::string> in_state(const rapidjson::Document& json, const std::string& state,
                                  bool with_cause) {
  std::vector<std::string> out;
  for (const rapidjson::Value& row : json["rows"].GetArray()) {
    if (!state.empty() && text(row, "state") != state) continue;
    out.push_back(text(row, "requirement") + (with_cause ? ": " + text(row, "cause") : ""));
  }
  return out;
}

std::string cell(const rapidjson::Document& json, const std::string& requirement, const char* key) {
  for (const rapidjson::Value& row : json["rows"].GetArray()) {
    if (text(row, "requirement") == requirement) return text(row, key);
  }
  return {};
}

}  // namespace

std::vector<std::string> Checked::bad() const {
  return in_state(json, "bad", true);
}
std::vector<std::string> Checked::unknown() const {
  return in_state(json, "unknown", false);
}
std::vector<std::string> Checked::requirements() const {
  return in_state(json, "", false);
}
std::string Checked::seen(const std::string& requirement) const {
  return cell(json, requirement, "seen");
}
std::string Checked::mend(const std::string& requirement) const {
  return cell(json, requirement, "mend");
}
std::string Checked::sentence() const {
  return text(json, "sentence");
}
std::vector<std::string> Checked::mfln() const {
  std::vector<std::string> out;
  for (const rapidjson::Value& row : json["mfln"].GetArray()) {
    out.push_back(text(row, "version") + " " + figure(row, "asked") + ": agreed " + figure(row, "agreed") +
                  ", record " + figure(row, "record") + ", message " + figure(row, "message"));
  }
  return out;
}

Checked check(const std::string& target, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {harness::command_program(), "check", target, "--json"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const harness::Finished done = harness::run(argv);
  Checked out{done.status, done.err, {}};
  out.json.Parse(done.out.c_str());
  if (done.status != 2 && out.json.HasParseError()) throw harness::Error("no JSON: " + done.out + done.err);
  return out;
}

}  // namespace tlswatch::live
