// A scenario as its scenario.yaml tells it; README.md has the format.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bad_network.h"
#include "broker.h"
#include "faulty_link.h"

namespace tlswatch::scenarios {

/// One thing that a scripted client (`tcp` or `tls`) does: a verb and its argument, both as written.
using Action = std::pair<std::string, std::string>;

struct Step {
  enum class Kind { program, tcp, tls, mend };
  Kind kind = Kind::program;
  std::vector<std::string> argv;                             ///< program: placeholders not yet replaced
  std::vector<std::pair<std::string, std::string>> options;  ///< tls: of the client, such as ca, version
  std::vector<Action> script;                                ///< tcp, tls; a program's stdin and stdout
  std::vector<int> statuses;                                 ///< program, tls: exit statuses that are right
  std::vector<std::pair<std::string, std::string>>
      answer;        ///< program: fields of the JSON line it prints, as JSON
  int sessions = 1;  ///< how many sessions of the log this step makes
  std::string until =
      {};  ///< program: goes on beside the next steps once the log has one more line of that action
};

/// A relay in front of a listener, by name.
struct Link {
  std::string name;
  std::string to;  ///< the listener's name
  harness::LinkFault fault;
};

struct Scenario {
  std::string name;  ///< the folder's
  std::filesystem::path folder;
  std::string says;  ///< one sentence
  bool slow = false;
  std::vector<std::string> global;
  std::vector<harness::Listener> listeners;
  std::vector<std::pair<std::string, std::string>>
      files;                ///< name and content, made before the broker starts
  std::string profiles;     ///< the daemon's profile file; empty: the shipped one
  bool broker_log = false;  ///< whether the daemon follows the broker's own log
  std::vector<Link> links;
  std::optional<harness::NetworkFault> network;  ///< programs run behind it
  std::vector<Step> steps;
  std::vector<std::string> vary;  ///< paths of fields that may differ from run to run
};

/// Reads FOLDER/scenario.yaml. Throws harness::Error: file, line, what is wrong (an unknown word included).
Scenario read_scenario(const std::filesystem::path& folder);

/// All folders below `root` that have a scenario.yaml, by name.
std::vector<std::filesystem::path> find_scenarios(const std::filesystem::path& root);

}  // namespace tlswatch::scenarios
