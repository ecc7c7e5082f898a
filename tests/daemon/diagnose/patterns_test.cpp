// What one pattern says of another, and which never hold.
#include "daemon/core/diagnose/patterns.h"

#include <gtest/gtest.h>

namespace tlswatch::diagnose {
namespace {

using B = BrokerPattern;
using D = DevicePattern;
using wire::Stage;

struct BrokerCoverCase {
  const char* name;
  B earlier, later;
  bool covers;
};
const B kNone;
const B kAlert{.alerts_received = {48}};
const B kEnd{.end_reasons = {"closed"}};
const BrokerCoverCase kBroker[] = {
    {"no_condition_covers_any", kNone, kAlert, true},
    {"a_condition_does_not_cover_none", kAlert, kNone, false},
    {"a_pattern_covers_itself", kAlert, kAlert, true},
    {"no_condition_about_handshakes_covers_no_end", kNone, kEnd, false},
    {"an_end_covers_no_handshake", kEnd, kNone, false},
    {"more_stages_cover_fewer",
     {.stages = {Stage::connected, Stage::finished}},
     {.stages = {Stage::finished}},
     true},
    {"fewer_stages_do_not_cover_more",
     {.stages = {Stage::finished}},
     {.stages = {Stage::connected, Stage::finished}},
     false},
    {"one_stage_does_not_cover_all", {.stages = {Stage::finished}}, kNone, false},
    {"a_longer_list_covers_a_shorter", {.openssl = {"a", "b"}}, {.openssl = {"b"}}, true},
    {"another_list_does_not", {.openssl = {"a", "b"}}, {.openssl = {"b", "c"}}, false},
    {"any_alert_covers_one_of_a_name", {.any_alert_received = true}, kAlert, true},
    {"no_alert_does_not", {.any_alert_received = false}, kAlert, false},
    {"one_alert_does_not_cover_any", kAlert, {.any_alert_received = true}, false},
    {"a_lower_bound_covers_a_higher", {.lasted_ms_at_least = 10}, {.lasted_ms_at_least = 20}, true},
    {"a_higher_bound_does_not_cover_a_lower", {.lasted_ms_at_least = 20}, {.lasted_ms_at_least = 10}, false},
    {"a_higher_limit_covers_a_lower", {.lasted_ms_below = 20}, {.lasted_ms_below = 10}, true},
    {"a_lower_limit_does_not_cover_a_higher", {.lasted_ms_below = 10}, {.lasted_ms_below = 20}, false},
    {"a_longer_round_trip_is_covered", {.rtt_ms_at_least = 50}, {.rtt_ms_at_least = 80}, true},
    {"one_name_does_not_cover_all", {.server_names = {ServerName::differs}}, kNone, false},
    {"two_uses_of_a_key_cover_one",
     {.server_key_uses = {KeyUse::unusable, KeyUse::no_cipher}},
     {.server_key_uses = {KeyUse::unusable}},
     true},
    {"one_chain_does_not_cover_another",
     {.server_chains = {ServerChain::leaf_only}},
     {.server_chains = {ServerChain::incomplete}},
     false},
    {"any_end_covers_one_without_a_word", kEnd, {.said_nothing = true, .end_reasons = {"closed"}}, true},
    {"a_bound_does_not_cover_none", {.retransmits_at_least = 1}, kNone, false},
    {"one_violation_covers_all_that_have_it",
     {.violations = {"mfln"}},
     {.every_violation = {"mfln", "x"}},
     true},
    {"all_violations_do_not_cover_one", {.every_violation = {"mfln", "x"}}, {.violations = {"mfln"}}, false},
    {"one_of_all_covers_all", {.every_violation = {"x"}}, {.every_violation = {"mfln", "x"}}, true},
    {"every_one_of_a_list_of_one", {.every_violation = {"x"}}, {.violations = {"x"}}, true},
    {"every_other_condition_counts", {.psk_offered = true}, {.psk_offered = false}, false},
    {"two_conditions_cover_three",
     {.stages = {Stage::finished}, .psk_offered = true},
     {.stages = {Stage::finished}, .psk_offered = true, .server_keys = {"EC"}},
     true},
    {"three_conditions_do_not_cover_two",
     {.stages = {Stage::finished}, .psk_offered = true, .server_keys = {"EC"}},
     {.stages = {Stage::finished}, .psk_offered = true},
     false},
};
class BrokerCovers : public testing::TestWithParam<BrokerCoverCase> {};
TEST_P(BrokerCovers, what_follows_from_it) {
  EXPECT_EQ(covers(GetParam().earlier, GetParam().later), GetParam().covers);
}
INSTANTIATE_TEST_SUITE_P(Patterns, BrokerCovers, testing::ValuesIn(kBroker),
                         [](const auto& row) { return std::string(row.param.name); });

struct DeviceCoverCase {
  const char* name;
  D earlier, later;
  bool covers;
};
const DeviceCoverCase kDevice[] = {
    {"a_range_covers_what_lies_in_it", {.codes = {{1, 9}}}, {.codes = {{2, 3}, {9, 9}}}, true},
    {"a_range_does_not_cover_beyond_it", {.codes = {{1, 9}}}, {.codes = {{9, 10}}}, false},
    {"neighbours_cover_what_spans_them", {.codes = {{5, 9}, {1, 4}}}, {.codes = {{3, 6}}}, true},
    {"a_gap_does_not", {.codes = {{1, 3}, {5, 9}}}, {.codes = {{3, 6}}}, false},
    {"any_clock_covers_one_unset", {.codes = {{54, 54}}}, {.codes = {{54, 54}}, .clock_set = false}, true},
    {"a_count_covers_a_smaller_range", {.counts = {{1, 5}}}, {.counts = {{2, 2}}}, true},
    {"one_key_does_not_cover_any", {.now_server_keys = {"EC"}}, {}, false},
    {"one_stack_does_not_cover_another", {.stacks = {"bearssl"}}, {.stacks = {"mbedtls"}}, false},
    {"any_try_covers_an_unseen_one", {.codes = {{1, 1}}}, {.codes = {{1, 1}}, .unseen = true}, true},
    {"recovered_does_not_cover_the_lost", {.recovered = true}, {.recovered = false}, false},
};
class DeviceCovers : public testing::TestWithParam<DeviceCoverCase> {};
TEST_P(DeviceCovers, what_follows_from_it) {
  EXPECT_EQ(covers(GetParam().earlier, GetParam().later), GetParam().covers);
}
INSTANTIATE_TEST_SUITE_P(Patterns, DeviceCovers, testing::ValuesIn(kDevice),
                         [](const auto& row) { return std::string(row.param.name); });

struct ContradictionCase {
  const char* name;
  B broker;
  D device;
  const char* why;  ///< the sentence's beginning; empty: it can hold
};
const ContradictionCase kContradictions[] = {
    {"nothing_is_asked", {}, {}, ""},
    {"an_end_of_an_established_session", {.established = true, .end_reasons = {"closed"}}, {}, ""},
    {"an_end_of_none", {.established = false, .end_reasons = {"closed"}}, {}, "a session that has an `end_r"},
    {"an_end_in_mid_handshake",
     {.stages = {Stage::finished}, .end_reasons = {"closed"}},
     {},
     "a session that has an `end_reason` came"},
    {"an_established_handshake_that_failed", {.established = true}, {}, "a rule without `end_reason`"},
    {"a_failed_handshake_in_its_last_stage",
     {.stages = {Stage::established}},
     {},
     "a rule without `end_reason`"},
    {"a_handshake_without_a_word", {.said_nothing = true}, {}, "`said_nothing` is about a session"},
    {"an_end_without_a_word", {.said_nothing = true, .end_reasons = {"closed"}}, {}, ""},
    {"an_alert_where_none_is_wanted",
     {.alerts_received = {48}, .any_alert_received = false},
     {},
     "`alert_received` wants"},
    {"a_check_of_a_certificate_that_was_not_asked_for",
     {.verify_errors = {10}, .client_certificate_asked = false},
     {},
     "`verify_error` is about"},
    {"dns_and_the_broker", {}, {.phases = {"dns", "tcp"}}, "an error of phase dns"},
    {"unseen_and_the_broker", {}, {.unseen = true}, "`unseen: true` is about"},
    {"dns_or_tls_and_the_broker", {}, {.phases = {"dns", "tls"}}, ""},
    {"mqtt_before_the_hello_s_answer",
     {.stages = {Stage::client_hello}},
     {.phases = {"mqtt"}},
     "phase mqtt begins"},
    {"mqtt_behind_it", {.stages = {Stage::client_hello, Stage::finished}}, {.phases = {"mqtt"}}, ""},
    {"plain_mqtt",
     {.stages = {Stage::connected}, .first_bytes = {FirstBytes::mqtt}},
     {.phases = {"mqtt"}},
     ""},
};
class Contradictions : public testing::TestWithParam<ContradictionCase> {};
TEST_P(Contradictions, are_told) {
  std::string_view why = contradiction(GetParam().broker);
  if (why.empty()) why = contradiction(GetParam().broker, GetParam().device);
  if (GetParam().why[0] == '\0') {
    EXPECT_EQ(why, "");
  } else {
    EXPECT_EQ(why.substr(0, std::string_view(GetParam().why).size()), GetParam().why);
  }
}
INSTANTIATE_TEST_SUITE_P(Patterns, Contradictions, testing::ValuesIn(kContradictions),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Holds, a_device_pattern_looks_at_what_came_after_the_error) {
  const D pattern{.codes = {{296, 296}}, .counts = {{1, 1}}, .recovered = true, .now_ciphers = {0xC02B}};
  DeviceSymptoms s{"bearssl", "tls", 296, 0, true, 1, true, "", 0xC02B};
  EXPECT_TRUE(holds(pattern, s));
  s.count = 2;
  EXPECT_FALSE(holds(pattern, s));
  s = {"bearssl", "tls", 296, 0, true, 1, false, "", 0xC02B};
  EXPECT_FALSE(holds(pattern, s));
  s = {"bearssl", "tls", 296, 0, true, 1, true, "", 0xC02F};
  EXPECT_FALSE(holds(pattern, s));
}

TEST(Holds, every_violation_wants_them_all) {
  const std::vector<policy::Violation> one{{"mfln", "", ""}};
  const std::vector<policy::Violation> both{{"mfln", "", ""}, {"record-size", "", ""}};
  const B all{.every_violation = {"record-size", "mfln"}};
  const B any{.violations = {"record-size", "mfln"}};
  BrokerSymptoms s;
  s.violations = one;
  EXPECT_FALSE(holds(all, s));
  EXPECT_TRUE(holds(any, s));
  s.violations = both;
  EXPECT_TRUE(holds(all, s));
}

}  // namespace
}  // namespace tlswatch::diagnose
