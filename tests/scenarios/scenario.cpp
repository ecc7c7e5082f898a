#include "scenario.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "error.h"

namespace tlswatch::scenarios {
namespace {

using harness::Error;

[[noreturn]] void wrong(const YAML::Node& node, const std::string& what) {
  throw Error("scenario.yaml, line " + std::to_string(node.Mark().line + 1) + ": " + what);
}

void only(const YAML::Node& map, const std::set<std::string>& known) {
  if (!map.IsMap()) wrong(map, "a map is wanted here");
  for (const auto& entry : map) {
    const auto key = entry.first.as<std::string>();
    if (!known.contains(key)) wrong(entry.first, "unknown word '" + key + "'");
  }
}

std::vector<std::string> strings(const YAML::Node& node) {
  return node ? node.as<std::vector<std::string>>() : std::vector<std::string>();
}

// The words of a command line as it is written: no argument of a scenario needs a blank.
std::vector<std::string> words(const YAML::Node& node) {
  std::istringstream in(node.as<std::string>(""));
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::pair<std::string, std::string>> pairs(const YAML::Node& node) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& entry : node)
    out.emplace_back(entry.first.as<std::string>(), entry.second.as<std::string>());
  return out;
}

// A scalar as the JSON text it stands for: quoted in YAML means a string, anything else is meant literally.
std::string json_text(const YAML::Node& node) {
  const auto text = node.as<std::string>();
  return node.Tag() == "!" ? '"' + text + '"' : text;
}

harness::LinkFault link_fault(const YAML::Node& node) {
  using Kind = harness::LinkFault::Kind;
  static const std::map<std::string, Kind> kinds = {
      {"corrupt", Kind::corrupt}, {"stall", Kind::stall}, {"reset", Kind::reset}, {"refuse", Kind::refuse}};
  only(node, {"to", "fault", "of", "record"});
  const auto kind = kinds.find(node["fault"].as<std::string>());
  if (kind == kinds.end()) wrong(node, "a link's fault is corrupt, stall, reset or refuse");
  const auto of = node["of"].as<std::string>("broker");
  if (of != "broker" && of != "client") wrong(node, "a record is of broker or of client");
  return {kind->second, of == "client", node["record"].as<int>(1)};
}

// The program of a stack's client; what its options have in common is in clients/.
std::vector<std::string> client_of(const std::string& stack) {
  std::vector<std::string> argv = {"${clients}/client-" + stack};
  if (stack == "paho") argv = {"/usr/bin/python3", "${scenarios}/clients/paho_client.py"};
  if (stack == "mqtt.js") argv = {"node", "${scenarios}/clients/mqtt_js_client.js"};
  argv.insert(argv.end(), {"--host", "${address}", "--server-name", "localhost"});
  return argv;
}

std::vector<Action> script(const YAML::Node& node) {
  std::vector<Action> out;
  for (const YAML::Node& action : node) {
    if (action.IsScalar()) {
      out.emplace_back(action.as<std::string>(), "");
    } else if (action.IsMap() && action.size() == 1) {
      out.emplace_back(action.begin()->first.as<std::string>(), action.begin()->second.as<std::string>());
    } else {
      wrong(action, "an action is a word, or one word with its argument");
    }
  }
  return out;
}

Step read_step(const YAML::Node& node) {
  only(node, {"device", "client", "pub", "run", "tcp", "tls", "mend", "script", "exit", "answer", "sessions",
              "until"});
  Step step;
  const std::vector<std::string> device = {"${device}", "--host", "${address}", "--server-name", "localhost"};
  const std::vector<std::string> pub = {"mosquitto_pub", "-h", "localhost"};
  if (node["device"]) step.argv = device;
  if (node["pub"]) step.argv = pub;
  for (const char* word : {"device", "client", "pub", "run"}) {
    std::vector<std::string> arguments = words(node[word]);
    if (std::string(word) == "client" && !arguments.empty()) {
      step.argv = client_of(arguments.front());
      arguments.erase(arguments.begin());
    }
    for (const std::string& argument : arguments) step.argv.push_back(argument);
  }
  if (node["tcp"]) step.kind = Step::Kind::tcp;
  if (node["tls"]) step.kind = Step::Kind::tls;
  if (node["mend"]) step.kind = Step::Kind::mend;
  step.options = pairs(node["tls"] ? node["tls"] : node["tcp"]);
  step.script = script(node["script"]);
  const YAML::Node status = node["exit"];
  step.statuses =
      status && status.IsSequence() ? status.as<std::vector<int>>() : std::vector<int>{status.as<int>(0)};
  for (const auto& entry : node["answer"])
    step.answer.emplace_back(entry.first.as<std::string>(), json_text(entry.second));
  step.until = node["until"].as<std::string>("");
  const bool ends_none = step.kind == Step::Kind::mend || !step.until.empty();
  step.sessions = node["sessions"].as<int>(ends_none ? 0 : 1);
  if (step.kind == Step::Kind::program && step.argv.empty())
    wrong(node, "a step runs device, client, pub, run, tcp or tls");
  return step;
}

}  // namespace

Scenario read_scenario(const std::filesystem::path& folder) {
  try {
    const YAML::Node root = YAML::LoadFile(folder / "scenario.yaml");
    only(root, {"says", "slow", "broker", "broker_log", "listeners", "links", "network", "files", "profiles",
                "steps", "vary"});
    Scenario scenario;
    scenario.name = folder.filename();
    scenario.folder = folder;
    scenario.says = root["says"].as<std::string>();
    scenario.slow = root["slow"].as<bool>(false);
    scenario.global = strings(root["broker"]);
    for (const auto& entry : root["listeners"]) {
      scenario.listeners.push_back({entry.first.as<std::string>(), strings(entry.second)});
    }
    for (const auto& entry : root["links"]) {
      scenario.links.push_back(
          {entry.first.as<std::string>(), entry.second["to"].as<std::string>(""), link_fault(entry.second)});
    }
    if (const YAML::Node network = root["network"]) {
      only(network, {"drop", "rate"});
      scenario.network = {network["drop"].as<std::string>(""), network["rate"].as<std::string>("")};
    }
    scenario.broker_log = root["broker_log"].as<bool>(false);
    scenario.files = pairs(root["files"]);
    scenario.profiles = root["profiles"].as<std::string>("");
    for (const YAML::Node& step : root["steps"]) scenario.steps.push_back(read_step(step));
    scenario.vary = strings(root["vary"]);
    if (scenario.listeners.empty() || scenario.steps.empty()) wrong(root, "listeners and steps are wanted");
    return scenario;
  } catch (const YAML::Exception& error) {
    throw Error(folder.string() + "/scenario.yaml: " + error.what());
  } catch (const Error& error) {
    throw Error(folder.string() + ": " + error.what());
  }
}

std::vector<std::filesystem::path> find_scenarios(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (std::filesystem::exists(entry.path() / "scenario.yaml")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace tlswatch::scenarios
