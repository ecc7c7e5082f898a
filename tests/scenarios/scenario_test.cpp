// Every folder here that has a scenario.yaml is a test of that name, played for real: scenario.NAME, where
// the event log must be exactly its expected.jsonl (TLSWATCH_ACCEPT=1 writes that file anew instead, for
// review), and verdict.NAME, where the diagnoses must be those of its verdict.yaml.
#include "scenario.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "compare.h"
#include "error.h"
#include "files.h"
#include "normalise.h"
#include "paths.h"
#include "stage.h"
#include "verdict.h"

namespace {

using namespace tlswatch;
using scenarios::Scenario;

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void accept(const std::filesystem::path& file, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  harness::write_file(file, text);
}

class Played : public testing::Test {
 public:
  explicit Played(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void TestBody() override {
    const Scenario scenario = scenarios::read_scenario(folder_);
    scenarios::Stage stage(scenario);
    stage.play();
    if (std::getenv("TLSWATCH_STEPS_ONLY") != nullptr)
      FAIL() << "the steps were played; nobody looked at the log";
    judge(scenario, stage);
  }

 protected:
  virtual void judge(const Scenario& scenario, scenarios::Stage& stage) = 0;

  std::filesystem::path folder_;
};

class LogTest : public Played {
 public:
  using Played::Played;

 protected:
  void judge(const Scenario& scenario, scenarios::Stage& stage) override {
    scenarios::RunFacts facts{.vary = scenario.vary};
    for (std::size_t i = 0; i < scenario.listeners.size(); ++i) {
      facts.listeners[stage.broker().port(i)] = scenario.listeners[i].name;
    }
    const std::vector<std::string> seen = scenarios::normalise(stage.log().read(), facts);
    const auto file = folder_ / "expected.jsonl";
    if (std::getenv("TLSWATCH_ACCEPT") != nullptr) {
      accept(file, seen);
      return;
    }
    const std::vector<std::string> expected = lines_of(file);
    EXPECT_FALSE(expected.empty()) << "no expected.jsonl; TLSWATCH_ACCEPT=1 writes one";
    const std::string differences = scenarios::differences(expected, seen);
    if (!differences.empty()) ADD_FAILURE() << scenario.says << "\n" << differences;
  }
};

class VerdictTest : public Played {
 public:
  using Played::Played;

 protected:
  void judge(const Scenario& scenario, scenarios::Stage& stage) override {
    const scenarios::VerdictFile expected = scenarios::read_verdict(folder_);
    const std::vector<scenarios::Verdict> got = scenarios::verdicts_of(stage.log().read());
    const auto results = harness::cache_folder().parent_path() / "verdicts";
    std::filesystem::create_directories(results);
    harness::write_file(results / (scenario.name + ".json"), scenarios::result_line(got));
    std::vector<scenarios::Verdict> wanted = expected.verdicts;
    if (!expected.said_instead.empty()) {
      for (scenarios::Verdict& verdict : wanted) verdict.cause = expected.said_instead;
    }
    if (expected.held_out) return;
    EXPECT_EQ(as_text(got), as_text(wanted)) << scenario.says;
  }

 private:
  static std::string as_text(const std::vector<scenarios::Verdict>& verdicts) {
    std::string text;
    for (const scenarios::Verdict& verdict : verdicts) text += scenarios::to_text(verdict) + "\n";
    return text;
  }
};

void register_scenario(const std::filesystem::path& folder) {
  const std::string name = folder.filename();
  bool slow = false;
  try {
    slow = scenarios::read_scenario(folder).slow;
  } catch (const harness::Error&) {
    slow = false;  // the test itself says what is wrong with it
  }
  const bool has_verdict = std::filesystem::exists(folder / "verdict.yaml");
  if (has_verdict) {
    testing::RegisterTest(slow ? "slow_verdict" : "verdict", name.c_str(), nullptr, nullptr, __FILE__,
                          __LINE__, [folder]() -> testing::Test* { return new VerdictTest(folder); });
  }
  if (has_verdict && !std::filesystem::exists(folder / "expected.jsonl")) return;
  testing::RegisterTest(slow ? "slow" : "scenario", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [folder]() -> testing::Test* { return new LogTest(folder); });
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const auto& folder : scenarios::find_scenarios(harness::source_folder() / "tests" / "scenarios")) {
    register_scenario(folder);
  }
  return RUN_ALL_TESTS();
}
