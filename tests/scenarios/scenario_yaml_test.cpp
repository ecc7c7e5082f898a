// scenario.yaml: each shipped one can be read, and a misspelt word is an error rather than a test that tests
// less.
#include <gtest/gtest.h>

#include "error.h"
#include "files.h"
#include "paths.h"
#include "scenario.h"

namespace tlswatch::scenarios {
namespace {

std::string error_of(const std::string& yaml) {
  const harness::TempDir folder;
  harness::write_file(folder / "scenario.yaml", yaml);
  try {
    read_scenario(folder.path());
  } catch (const harness::Error& error) {
    return error.what();
  }
  return "";
}

constexpr const char* kGood =
    "says: x\nlisteners: {tls: []}\nsteps:\n  - device: --id a\n    answer: {code: 62}\n";

TEST(ScenarioYaml, a_good_one_is_read) {
  EXPECT_EQ(error_of(kGood), "");
}

TEST(ScenarioYaml, an_unknown_word_is_an_error_with_its_line) {
  EXPECT_NE(error_of(std::string(kGood) + "    exits: 1\n").find("line 6: unknown word 'exits'"),
            std::string::npos);
}

TEST(ScenarioYaml, a_step_that_runs_nothing_is_an_error) {
  EXPECT_NE(error_of("says: x\nlisteners: {tls: []}\nsteps: [{exit: 1}]\n"), "");
}

TEST(ScenarioYaml, a_link_has_a_fault_that_is_known) {
  const std::string link = std::string(kGood) + "links: {cut: {to: tls, fault: ";
  EXPECT_EQ(error_of(link + "reset, of: client, record: 2}}\n"), "");
  EXPECT_NE(error_of(link + "rust}}\n"), "");
  EXPECT_NE(error_of(link + "reset, of: cat}}\n"), "");
}

TEST(ScenarioYaml, a_clients_stack_chooses_the_program) {
  const harness::TempDir folder;
  harness::write_file(folder / "scenario.yaml",
                      "says: x\nlisteners: {tls: []}\nsteps: [{client: mbedtls --id a, exit: [1, 8]}]\n");
  const Step step = read_scenario(folder.path()).steps.at(0);
  EXPECT_EQ(step.argv.front(), "${clients}/client-mbedtls");
  EXPECT_EQ(step.argv.back(), "a");
  EXPECT_EQ(step.statuses, (std::vector<int>{1, 8}));
}

TEST(ScenarioYaml, a_step_that_goes_on_ends_no_session) {
  const harness::TempDir folder;
  harness::write_file(folder / "scenario.yaml",
                      "says: x\nlisteners: {tls: []}\nsteps: [{device: --id a, until: mqtt-identified}]\n");
  EXPECT_EQ(read_scenario(folder.path()).steps.at(0).sessions, 0);
}

TEST(ScenarioYaml, no_steps_are_an_error) {
  EXPECT_NE(error_of("says: x\nlisteners: {tls: []}\n"), "");
}

TEST(ScenarioYaml, text_and_numbers_of_an_answer_are_told_apart) {
  const harness::TempDir folder;
  harness::write_file(folder / "scenario.yaml",
                      "says: x\nlisteners: {tls: []}\nsteps: [{device: --id a, answer: {code: 62, name: "
                      "\"62\", m: null}}]\n");
  const Scenario scenario = read_scenario(folder.path());
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(scenario.steps.at(0).answer, (Pairs{{"code", "62"}, {"name", "\"62\""}, {"m", "null"}}));
}

TEST(ScenarioYaml, every_shipped_scenario_can_be_read) {
  const auto folders = find_scenarios(harness::source_folder() / "tests" / "scenarios");
  EXPECT_GE(folders.size(), 60U);
  for (const auto& folder : folders) EXPECT_NO_THROW(read_scenario(folder)) << folder;
}

}  // namespace
}  // namespace tlswatch::scenarios
