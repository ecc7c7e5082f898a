// How rules are tried and weighed, on knowledge of a few rows.
#include <gtest/gtest.h>

#include "daemon/core/diagnose/knowledge.h"

namespace tlswatch::diagnose {
namespace {

/// "cause confidence" of the decision and its alternatives.
std::string text(const Finding& found) {
  const auto number = [](double confidence) {
    std::string out = std::to_string(confidence);
    return out.substr(0, 5);
  };
  if (found.rule == nullptr) return "nothing";
  std::string out = found.rule->name + ": " + found.rule->cause + " " + number(found.confidence);
  for (const Alternative& other : found.alternatives) {
    out.append(" | ").append(other.cause).append(" ").append(number(other.confidence));
  }
  return out;
}

Rule broker_row(std::string name, std::string openssl, std::string cause, double confidence,
                std::vector<std::string> others = {}) {
  Rule rule{std::move(name), BrokerPattern{}, {}, std::move(cause), confidence, "", {}, std::move(others)};
  if (!openssl.empty()) rule.broker->openssl = {std::move(openssl)};
  return rule;
}
Rule device_row(std::string name, std::int64_t code, std::string cause, double confidence,
                std::vector<std::string> others = {}) {
  Rule rule{std::move(name), {}, {DevicePattern{}}, std::move(cause), confidence, "", {}, std::move(others)};
  rule.device.front().codes = {{code, code}};
  return rule;
}
Rule both_row(std::string name, std::string openssl, std::int64_t code, std::string cause, double confidence,
              std::vector<std::string> others = {}) {
  Rule rule = device_row(std::move(name), code, std::move(cause), confidence, std::move(others));
  rule.broker.emplace().openssl = {std::move(openssl)};
  return rule;
}

const Knowledge& knowledge() {
  static const Knowledge kKnowledge{{
      both_row("both A", "a", 1, "no-shared-cipher", 0.9, {"client-cert-missing"}),
      both_row("both B", "a", 1, "scanner", 0.5),
      both_row("both C", "a", 1, "client-cert-missing", 0.9),
      broker_row("broker sure", "sure", "client-cert-missing", 1.0),
      broker_row("broker name", "name", "server-name-mismatch", 0.6),
      broker_row("broker 80", "80", "server-cert-expired", 0.8, {"not-tls", "scanner", "network-loss"}),
      broker_row("broker silent", "silent", "connection-reset", 0.8, {"server-cert-untrusted"}),
      broker_row("broker rest", "", "connection-closed-by-device", 0.5),
      device_row("device 296", 296, "no-shared-cipher", 0.6, {"client-cert-missing"}),
      device_row("device 62", 62, "server-cert-untrusted", 0.95),
      device_row("device 56", 56, "server-name-mismatch", 0.7, {"server-cert-expired"}),
      device_row("device 80", 80, "handshake-timeout", 0.8),
      device_row("device 54", 54, "server-cert-expired", 0.5),
      device_row("device reset", 31, "connection-reset", 0.9),
  }};
  return kKnowledge;
}

struct WeighCase {
  const char* name;
  const char* broker;  ///< OpenSSL's reason; null: the side is not known
  std::int64_t code;   ///< 0: the side is not known
  const char* found;
};
const WeighCase kWeighed[] = {
    {"nothing_is_known_of_a_code_without_a_row", nullptr, 99, "nothing"},
    {"the_broker_alone_has_its_first_row_and_what_else_holds", "name", 0,
     "broker name: server-name-mismatch 0.600"},
    {"the_or_of_a_row_shares_what_it_leaves", "80", 0,
     "broker 80: server-cert-expired 0.800 | not-tls 0.050 | scanner 0.050 | network-loss 0.050"},
    {"certainty_has_no_alternative", "sure", 0, "broker sure: client-cert-missing 1.000"},
    {"the_device_alone", nullptr, 296, "device 296: no-shared-cipher 0.600 | client-cert-missing 0.200"},
    {"a_row_over_both_sides_decides_and_no_cause_comes_twice", "a", 1,
     "both A: no-shared-cipher 0.900 | client-cert-missing 0.050 | scanner 0.050"},
    {"one_side_without_a_row_leaves_it_to_the_other", "name", 99, "broker name: server-name-mismatch 0.600"},
    {"the_same_cause_twice_is_surer_than_once", "name", 56,
     "device 56: server-name-mismatch 0.880 | server-cert-expired 0.150"},
    {"the_surer_one_of_two_that_agree_gives_the_fix", "80", 54,
     "broker 80: server-cert-expired 0.900 | not-tls 0.050 | scanner 0.050 | network-loss 0.050"},
    {"an_ambiguous_296_gives_way_to_the_broker_s_definite_reason", "sure", 296,
     "broker sure: client-cert-missing 1.000"},
    {"silence_gives_way_to_the_device_s_named_error", "", 62,
     "device 62: server-cert-untrusted 0.950 | connection-closed-by-device 0.025"},
    {"silence_gives_way_though_it_is_surer", "silent", 54,
     "device 54: server-cert-expired 0.500 | connection-reset 0.400"},
    {"silence_that_thought_of_it_confirms_it", "silent", 62, "device 62: server-cert-untrusted 0.955"},
    {"the_device_s_silence_gives_way_as_well", "name", 31,
     "broker name: server-name-mismatch 0.600 | connection-reset 0.360"},
    {"the_surer_one_wins_a_contest_and_is_less_sure_for_it", "sure", 62,
     "broker sure: client-cert-missing 0.832 | server-cert-untrusted 0.160"},
    {"on_a_draw_the_device_decides", "80", 80,
     "device 80: handshake-timeout 0.444 | server-cert-expired 0.444"},
    {"the_row_that_doubts_gives_way_though_it_is_not_weaker", "80", 56,
     "broker 80: server-cert-expired 0.830 | not-tls 0.050 | scanner 0.050 | network-loss 0.050 | "
     "server-name-mismatch 0.140"},
};
class Weighing : public testing::TestWithParam<WeighCase> {};
TEST_P(Weighing, of_both_sides) {
  BrokerSymptoms broker;
  if (GetParam().broker != nullptr) broker.openssl_reason = GetParam().broker;
  const DeviceSymptoms device{"bearssl", "tls", GetParam().code, 0, true};
  const Finding found = find(knowledge(), GetParam().broker != nullptr ? &broker : nullptr,
                             GetParam().code != 0 ? &device : nullptr);
  EXPECT_EQ(text(found), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(Find, Weighing, testing::ValuesIn(kWeighed),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Find, the_first_rule_whose_conditions_all_hold_decides) {
  Knowledge k;
  k.rules.resize(3);
  k.rules[0] = {"both", BrokerPattern{}, {}, "a", 1, "", {}};
  k.rules[0].broker->stages = {wire::Stage::server_hello};
  k.rules[0].broker->openssl = {"no shared cipher"};
  k.rules[1] = {"one", BrokerPattern{}, {}, "b", 1, "", {}};
  k.rules[1].broker->openssl = {"no shared cipher", ""};
  k.rules[2] = {"device", {}, {DevicePattern{}, DevicePattern{}}, "c", 1, "", {}};
  k.rules[2].device[0].codes = {{10, 20}};
  k.rules[2].device[1].codes = {{30, 30}};
  BrokerSymptoms s;
  s.openssl_reason = "no shared cipher";
  EXPECT_EQ(find(k, &s, nullptr).rule->name, "one");
  s.stage = wire::Stage::server_hello;
  EXPECT_EQ(find(k, &s, nullptr).rule->name, "both");
  s.openssl_reason = "something else";
  EXPECT_EQ(find(k, &s, nullptr).rule, nullptr);
  s.openssl_reason = "";
  s.end_reason = "closed";
  EXPECT_EQ(find(k, &s, nullptr).rule, nullptr) << "a rule about handshakes is none about a session's end";
  for (const auto& [code, held] : {std::pair{15, true}, {21, false}, {30, true}}) {
    const DeviceSymptoms device{"tasmota", "tls", code, 0, true};
    EXPECT_EQ(find(k, nullptr, &device).rule != nullptr, held) << code;
  }
}

TEST(Find, alternatives_are_bounded) {
  Knowledge k;
  k.rules.push_back(broker_row("first", "", "cause", 0.1));
  for (int i = 0; i < 20; ++i) k.rules.push_back(broker_row("r", "", "c" + std::to_string(i), 0.9));
  const BrokerSymptoms s;
  const Finding found = find(k, &s, nullptr);
  ASSERT_EQ(found.alternatives.size(), kMaxAlternatives);
  EXPECT_EQ(found.alternatives.begin()->cause, "c0") << "in the order of the rules";
}

}  // namespace
}  // namespace tlswatch::diagnose
