// What the scorer makes of statements whose truth is known.
#include "score.h"

#include <gtest/gtest.h>

#include "targets.h"

namespace tlswatch::fleet_sim {
namespace {

using event::How;

// The truth of every case: device 0 was `red`, and is `blue` since session 3; device 1 is `green`.
constexpr std::uint64_t kRedFailed = 1, kGreenFailed = 2, kBlueFailed = 3, kGreenGood = 4, kScanner = 5;

Ledger truth() {
  Ledger out;
  out.name(0, "red");
  out.name(1, "green");
  out.open(kRedFailed, 0);
  out.fail(kRedFailed);
  out.open(kGreenFailed, 1);
  out.fail(kGreenFailed);
  out.name(0, "blue");
  out.open(kBlueFailed, 0);
  out.fail(kBlueFailed);
  out.open(kGreenGood, 1);
  out.open(kScanner, kNobody);
  return out;
}

/// Says: one diagnosis.
struct Says {
  std::uint64_t session;
  std::string id;
  How how;
  double confidence = 1;
  std::vector<std::string> candidates = {};
};

Result score(const std::vector<Says>& all) {
  const Ledger ledger = truth();
  Score out(ledger);
  for (const Says& says : all) {
    event::Diagnosis d;
    d.sessions = {"edge-1:77:" + std::to_string(says.session)};
    d.outside_device_id = says.id;
    d.who.how = says.how;
    d.identity_confidence = says.confidence;
    d.outside_candidates = says.candidates;
    out.take(event::Event(d));
  }
  return out.result();
}

struct LevelCase {
  const char* name;
  Says says;
  Level level;
  Tally wanted;  ///< statements, right, other name, outsiders, among five
};
const LevelCase kLevelCases[] = {
    {"a_certificate_that_names_the_device_is_exact_and_right",
     {kRedFailed, "red", How::client_certificate},
     Level::exact,
     {1, 1, 0, 0, 1}},
    {"a_psk_identity_is_exact", {kRedFailed, "red", How::psk}, Level::exact, {1, 1, 0, 0, 1}},
    {"a_report_confirms", {kRedFailed, "red", How::report}, Level::confirmed, {1, 1, 0, 0, 1}},
    {"another_device_is_wrong", {kRedFailed, "green", How::inferred}, Level::inferred, {1, 0, 0, 0, 0}},
    {"a_name_that_no_device_has_is_wrong",
     {kRedFailed, "grey", How::inferred},
     Level::inferred,
     {1, 0, 0, 0, 0}},
    {"the_name_it_gets_later_is_right_and_its_other_name",
     {kRedFailed, "blue", How::inferred},
     Level::inferred,
     {1, 1, 1, 0, 1}},
    {"the_name_it_had_before_is_right_and_its_other_name",
     {kBlueFailed, "red", How::inferred},
     Level::inferred,
     {1, 1, 1, 0, 1}},
    {"another_device_s_candidates_are_not_top_five",
     {kRedFailed, "green", How::inferred, 0.5, {"green", "grey"}},
     Level::inferred,
     {1, 0, 0, 0, 0}},
    {"its_other_name_among_the_candidates_is_top_five",
     {kRedFailed, "green", How::inferred, 0.5, {"green", "blue"}},
     Level::inferred,
     {1, 0, 0, 0, 1}},
    {"the_true_one_among_the_candidates_is_top_five",
     {kRedFailed, "green", How::inferred, 0.5, {"green", "red"}},
     Level::inferred,
     {1, 0, 0, 0, 1}},
    {"nobody_named_is_unknown", {kRedFailed, "", How::inferred}, Level::unknown, {1, 0, 0, 0, 0}},
    {"candidates_without_a_name_are_unknown_and_top_five",
     {kRedFailed, "", How::unknown, 0, {"red"}},
     Level::unknown,
     {1, 0, 0, 0, 1}},
    {"a_name_that_the_method_does_not_stand_for_is_unknown",
     {kRedFailed, "red", How::unknown},
     Level::unknown,
     {1, 0, 0, 0, 0}},
    {"a_scanner_that_gets_a_name_is_wrong",
     {kScanner, "red", How::inferred},
     Level::inferred,
     {1, 0, 0, 1, 0}},
    {"a_scanner_without_a_name_is_no_statement",
     {kScanner, "", How::unknown},
     Level::unknown,
     {0, 0, 0, 0, 0}},
    {"a_session_that_did_not_fail_is_no_statement",
     {kGreenGood, "red", How::session},
     Level::exact,
     {0, 0, 0, 0, 0}},
};

class Levels : public testing::TestWithParam<LevelCase> {};

TEST_P(Levels, AreCounted) {
  const LevelCase& row = GetParam();
  const Result result = score({row.says});
  for (const auto* levels : {&result.first, &result.last}) {
    const Tally& got = (*levels)[static_cast<std::size_t>(row.level)];
    EXPECT_EQ(got.statements, row.wanted.statements);
    EXPECT_EQ(got.right, row.wanted.right);
    EXPECT_EQ(got.other_name, row.wanted.other_name);
    EXPECT_EQ(got.outsiders, row.wanted.outsiders);
    EXPECT_EQ(got.among_five, row.wanted.among_five);
  }
}
INSTANTIATE_TEST_SUITE_P(score, Levels, testing::ValuesIn(kLevelCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Score, TheFirstAndTheLastStatementAreKeptApart) {
  const Result r = score({{kRedFailed, "green", How::inferred, 0.95},
                          {kRedFailed, "", How::unknown},
                          {kRedFailed, "red", How::report}});
  EXPECT_EQ(r.first[static_cast<std::size_t>(Level::inferred)].right, 0U);
  EXPECT_EQ(r.sure_first.statements, 1U);
  EXPECT_EQ(r.last[static_cast<std::size_t>(Level::confirmed)].right, 1U);
  EXPECT_EQ(r.sure_last.statements, 0U);
}

TEST(Score, ASessionThatNoDiagnosisNamesIsFoldedAndTakesTheLastStatementAboutItsDevice) {
  const Result none = score({});
  EXPECT_EQ(none.failed, 3U);
  EXPECT_EQ(none.folded, 3U);
  EXPECT_EQ(none.folded_right[static_cast<std::size_t>(Level::confirmed)], 0U);
  const Result one = score({{kRedFailed, "red", How::report}});
  EXPECT_EQ(one.folded, 2U);
  EXPECT_EQ(one.folded_right[static_cast<std::size_t>(Level::confirmed)], 1U)
      << "session 3, of the same device";
}

TEST(Score, AScannerIsCountedWhereItGetsAName) {
  const Result r = score({{kScanner, "red", How::inferred, 0.3}, {kScanner, "", How::unknown}});
  EXPECT_EQ(r.outsiders, 1U);
  EXPECT_EQ(r.outsiders_named_first, 1U);
  EXPECT_EQ(r.outsiders_named_last, 0U);
}

struct DecileCase {
  const char* name;
  std::vector<Cluster> clusters;
  double share, difference;
  bool enough, off;
};
std::vector<Cluster> devices(std::size_t right, std::size_t wrong, double confidence) {
  std::vector<Cluster> out(right, Cluster{10, 10, 10 * confidence});
  out.resize(right + wrong, Cluster{10, 0, 10 * confidence});
  return out;
}
const DecileCase kDecileCases[] = {
    {"many_devices_and_as_often_right_as_said", devices(980, 20, 0.97), 0.98, 0.01, true, false},
    {"many_devices_and_less_often_right", devices(900, 100, 0.97), 0.9, -0.07, true, true},
    {"many_tries_of_few_devices_are_too_few", devices(8, 2, 0.87), 0.8, -0.07, false, false},
    {"few_devices_but_far_off", devices(2, 18, 0.9), 0.1, -0.8, false, true},
    {"all_right_but_of_few_devices_is_too_few", devices(10, 0, 0.92), 1, 0.08, false, false},
    {"nothing_said_is_not_off", {}, 0, 0, false, false},
};
class Calibration : public testing::TestWithParam<DecileCase> {};

TEST_P(Calibration, IsJudgedByDevices) {
  const DecileCase& row = GetParam();
  const Decile decile = decile_of(row.clusters);
  EXPECT_NEAR(decile.share, row.share, 1e-9);
  EXPECT_NEAR(decile.difference(), row.difference, 1e-9);
  EXPECT_EQ(decile.enough(), row.enough) << decile.standard_error;
  EXPECT_EQ(off(decile), row.off);
}
INSTANTIATE_TEST_SUITE_P(score, Calibration, testing::ValuesIn(kDecileCases),
                         [](const auto& row) { return std::string(row.param.name); });

struct TargetCase {
  const char* name;
  std::vector<Says> says;
  std::uint64_t reports;
  std::vector<std::string> missed;  ///< how each sentence begins
};
const TargetCase kTargetCases[] = {
    {"all_hold", {{kRedFailed, "red", How::inferred, 0.95}, {kRedFailed, "red", How::report}}, 1, {}},
    {"a_wrong_certificate",
     {{kRedFailed, "red", How::inferred, 0.95}, {kGreenFailed, "red", How::psk}},
     0,
     {"exact, failed sessions as first said", "exact, failed sessions as last said"}},
    {"a_wrong_report",
     {{kRedFailed, "red", How::inferred, 0.95}, {kRedFailed, "green", How::report}},
     1,
     {"confirmed, as last said"}},
    {"no_confirmation_of_reports_that_came",
     {{kRedFailed, "red", How::inferred, 0.95}},
     2,
     {"confirmed: none"}},
    {"a_report_that_is_taken_for_a_session_of_another_device",
     {{kRedFailed, "red", How::inferred, 0.95},
      {kRedFailed, "red", How::report},
      {kGreenGood, "red", How::report}},
     1,
     {"exact or confirmed, sessions that did not fail"}},
    {"no_inference", {{kRedFailed, "red", How::report}}, 1, {"inferred: none"}},
    {"an_inference_that_is_too_sure",
     {{kRedFailed, "green", How::inferred, 0.95}},
     0,
     {"inferred at a confidence of 0.9 or more: precision 0.0000"}},
};
class Targets : public testing::TestWithParam<TargetCase> {};

TEST_P(Targets, AreNamedWhenMissed) {
  const TargetCase& row = GetParam();
  const auto missed = missed_targets(score(row.says), row.reports);
  ASSERT_EQ(missed.size(), row.missed.size());
  for (std::size_t i = 0; i < missed.size(); ++i)
    EXPECT_TRUE(missed[i].starts_with(row.missed[i])) << missed[i];
}
INSTANTIATE_TEST_SUITE_P(score, Targets, testing::ValuesIn(kTargetCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Score, ResultsAreAddedUp) {
  Result both = score({{kRedFailed, "red", How::inferred, 0.95}});
  pool(both, score({{kRedFailed, "green", How::inferred, 0.95}}));
  EXPECT_EQ(both.failed, 6U);
  EXPECT_EQ(both.sure_first.statements, 2U);
  EXPECT_EQ(both.sure_first.right, 1U);
  EXPECT_EQ(decile_of(both.clusters[9]).devices, 2U);
}

TEST(Score, ALoginIsComparedWithTheTruthOfItsSession) {
  const Ledger ledger = truth();
  Score score(ledger);
  for (const char* id : {"green", "blue"}) {
    event::MqttIdentified identified;
    identified.session = "edge-1:77:4";
    identified.outside_device_id = id;
    score.take(event::Event(identified));
  }
  EXPECT_EQ(score.result().identified.statements, 2U);
  EXPECT_EQ(score.result().identified.right, 1U);
}

}  // namespace
}  // namespace tlswatch::fleet_sim
