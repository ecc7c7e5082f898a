// Which diagnosis counts for which try, and what verdict.yaml may say.
#include "verdict.h"

#include <gtest/gtest.h>

#include "error.h"
#include "files.h"
#include "paths.h"
#include "scenario.h"

namespace tlswatch::scenarios {
namespace {

using harness::Event;

std::string line(const std::string& action, const std::string& id, const std::string& rest) {
  return R"({"event":{"action":")" + action + R"(","id":"test:1:)" + id + R"("},)" + rest + "}";
}

std::string failed(const std::string& session, const std::string& id) {
  return line("tls-handshake", id, R"("tlswatch":{"session":")" + session + R"("})");
}

std::string report(const std::string& session, const std::string& id) {
  return line("device-report", id, R"("tlswatch":{"session":")" + session + R"("})");
}

std::string diagnosis(const std::string& cause, const std::string& sessions, const std::string& id,
                      const std::string& device = "") {
  const std::string who = device.empty() ? "" : R"("device":{"id":")" + device + R"("},)";
  return line("diagnosis", id,
              who + R"("tlswatch":{"cause":")" + cause + R"(","identity":{"how":"report"},"sessions":[)" +
                  sessions + "]}");
}

struct Case {
  const char* name;
  std::vector<std::string> log;
  std::vector<std::string> causes;  // in order, with the device after a blank
};

const Case kCases[] = {
    {"a_log_without_a_diagnosis_has_no_tries", {failed("a", "1.0")}, {}},
    {"the_last_diagnosis_of_a_session_counts",
     {failed("a", "1.0"), diagnosis("x", R"("a")", "1.1"), diagnosis("y", R"("a")", "2.1", "lamp")},
     {"y lamp"}},
    {"a_diagnosis_that_names_two_sessions_is_two_tries",
     {failed("a", "1.0"), failed("b", "2.0"), diagnosis("x", R"("a","b")", "3.1")},
     {"x", "x"}},
    {"tries_are_in_the_order_of_their_sessions",
     {failed("a", "1.0"), failed("b", "2.0"), diagnosis("y", R"("b")", "2.1"),
      diagnosis("x", R"("a")", "3.1")},
     {"x", "y"}},
    {"a_report_of_what_nobody_saw_is_a_try_of_its_own",
     {failed("a", "1.0"), diagnosis("x", R"("a")", "1.1"), report("b", "2.0"),
      diagnosis("y", R"("b")", "2.1", "lamp")},
     {"x", "y lamp"}},
    {"two_such_reports_are_two_tries",
     {report("b", "2.0"), report("b", "2.1"), diagnosis("x", R"("b")", "2.2"),
      diagnosis("y", R"("b")", "2.3")},
     {"x", "y"}},
    {"a_session_that_brought_a_report_may_fail_itself",
     {report("b", "2.0"), diagnosis("x", R"("b")", "2.1"), diagnosis("y", R"("b")", "3.1")},
     {"y", "x"}},
};

class VerdictsOf : public testing::TestWithParam<Case> {};

TEST_P(VerdictsOf, AreThese) {
  std::vector<Event> events;
  for (const std::string& text : GetParam().log) events.emplace_back(text);
  std::vector<std::string> got;
  for (const Verdict& verdict : verdicts_of(events))
    got.push_back(verdict.cause + (verdict.device.empty() ? "" : " " + verdict.device));
  EXPECT_EQ(got, GetParam().causes);
}

INSTANTIATE_TEST_SUITE_P(Logs, VerdictsOf, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

std::string error_of(const std::string& yaml) {
  const harness::TempDir folder;
  harness::write_file(folder / "verdict.yaml", yaml);
  try {
    read_verdict(folder.path());
  } catch (const harness::Error& error) {
    return error.what();
  }
  return "";
}

TEST(VerdictYaml, a_null_device_is_one_that_is_not_known) {
  const harness::TempDir folder;
  harness::write_file(folder / "verdict.yaml",
                      "stack: go\nheld_out: true\nverdict:\n  - {cause: x, how: unknown, device: null}\n");
  const VerdictFile file = read_verdict(folder.path());
  EXPECT_EQ(file.stack, "go");
  EXPECT_TRUE(file.held_out);
  EXPECT_EQ(file.verdicts, (std::vector<Verdict>{{"x", "unknown", ""}}));
}

TEST(VerdictYaml, a_word_or_a_list_that_is_wrong_is_an_error) {
  EXPECT_NE(error_of("stack: go\nverdict: []\nheld: true\n").find("line 3: unknown word 'held'"),
            std::string::npos);
  EXPECT_NE(error_of("stack: go\nverdict:\n  - {cause: x, how: y, who: z}\n"), "");
  EXPECT_NE(error_of("stack: go\n"), "");
  EXPECT_NE(error_of("verdict: []\n"), "");
}

TEST(VerdictYaml, every_shipped_one_can_be_read_and_has_a_scenario) {
  std::size_t found = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(harness::source_folder() / "tests" / "scenarios")) {
    if (!std::filesystem::exists(entry.path() / "verdict.yaml")) continue;
    ++found;
    EXPECT_NO_THROW(read_verdict(entry.path())) << entry.path();
    EXPECT_TRUE(std::filesystem::exists(entry.path() / "scenario.yaml")) << entry.path();
  }
  EXPECT_GE(found, 60U);
}

}  // namespace
}  // namespace tlswatch::scenarios
