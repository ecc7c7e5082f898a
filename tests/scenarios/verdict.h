// What the diagnosis of a scenario must be, and what it was; README.md has the format of verdict.yaml.
#pragma once

#include <compare>
#include <filesystem>
#include <string>
#include <vector>

#include "event_log.h"

namespace tlswatch::scenarios {

/// One try that failed.
struct Verdict {
  std::string cause;   ///< one of the contract's ids
  std::string how;     ///< of the identity
  std::string device;  ///< client id; empty: not known

  auto operator<=>(const Verdict&) const = default;
};

/// A line for people.
std::string to_text(const Verdict& verdict);

/// What a run came to, as the line of JSON that matrix.py reads.
std::string result_line(const std::vector<Verdict>& got);

struct VerdictFile {
  std::string stack;  ///< whose client it is about
  /// Written after the rules and only measured: a wrong verdict counts against the matrix and fails no test.
  bool held_out = false;
  /// What is said in place of the true cause where nothing that the daemon can know tells the two apart;
  /// `why` says so. Counts as wrong. Empty: the truth must be said.
  std::string said_instead, why;
  std::vector<Verdict> verdicts;  ///< the truth
};

/// Reads FOLDER/verdict.yaml. Throws harness::Error: file, line, what is wrong.
VerdictFile read_verdict(const std::filesystem::path& folder);

/// What the log's diagnoses come to, one for each failed try in the order of the tries.
///
/// A try is a session that a diagnosis names; the last diagnosis that names it counts. A report of an error
/// that no session is known for names the session that brought it: such a diagnosis is a try of its own,
/// since the broker never saw it.
std::vector<Verdict> verdicts_of(const std::vector<harness::Event>& events);

}  // namespace tlswatch::scenarios
