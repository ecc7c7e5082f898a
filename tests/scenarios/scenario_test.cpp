// Every folder here that has a scenario.yaml is a test of that name: it is played for real, and the event log
// must be exactly its expected.jsonl. TLSWATCH_ACCEPT=1 writes that file anew instead, for review.
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

class ScenarioTest : public testing::Test {
 public:
  explicit ScenarioTest(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void TestBody() override {
    const Scenario scenario = scenarios::read_scenario(folder_);
    scenarios::Stage stage(scenario);
    stage.play();
    if (std::getenv("TLSWATCH_STEPS_ONLY") != nullptr)
      FAIL() << "the steps were played; nobody looked at the log";
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

 private:
  std::filesystem::path folder_;
};

void register_scenario(const std::filesystem::path& folder) {
  const std::string name = folder.filename();
  bool slow = false;
  try {
    slow = scenarios::read_scenario(folder).slow;
  } catch (const harness::Error&) {
    slow = false;  // the test itself says what is wrong with it
  }
  testing::RegisterTest(slow ? "slow" : "scenario", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [folder]() -> testing::Test* { return new ScenarioTest(folder); });
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const auto& folder : scenarios::find_scenarios(harness::source_folder() / "tests" / "scenarios")) {
    register_scenario(folder);
  }
  return RUN_ALL_TESTS();
}
