// Knowledge files: what is read, and every mistake with its place and remedy.
#include "daemon/config/knowledge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "daemon/core/catalog/causes.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

/// The errors as "file:line:column: text" with the file's name alone, one a line.
std::string errors_of(const config::Errors& errors) {
  std::string out;
  for (const config::Error& e : errors) {
    out += e.file.substr(e.file.rfind('/') + 1) + ":" + std::to_string(e.line) + ":" +
           std::to_string(e.column) + ": " + e.text + "\n";
  }
  return out;
}

/// One file for each text, in their order: a.yaml, b.yaml, ...
std::string errors_in(const std::vector<std::string>& texts) {
  TempDir dir;
  std::vector<std::string> files;
  for (const std::string& text : texts) {
    const std::string name = std::string(1, static_cast<char>('a' + files.size())) + ".yaml";
    write_file(dir / name, text);
    files.push_back((dir / name).string());
  }
  const auto knowledge = config::load_knowledge(files);
  if (knowledge.ok()) return {};
  std::string out = errors_of(knowledge.error());
  const std::string folder = dir.path().string() + "/";
  for (std::size_t at = out.find(folder); at != std::string::npos; at = out.find(folder)) {
    out.erase(at, folder.size());
  }
  return out;
}

struct ErrorCase {
  const char* name;
  const char* text;
  const char* errors;
};
constexpr const char* kRest = ", cause: unknown, confidence: 0.5, fix: x}]\n";
const ErrorCase kErrors[] = {
    {"an_unknown_cause", "rules: [{name: a, broker: {}, cause: bad-luck, confidence: 1, fix: none}]\n",
     "a.yaml:1:38: no cause is called `bad-luck`; the contract lists the cause ids\n"},
    {"an_unknown_field_of_a_rule",
     "rules:\n  - name: a\n    broker: {}\n    cuase: unknown\n    cause: unknown\n    confidence: 1\n    "
     "fix: "
     "x\n",
     "a.yaml:4:5: unknown key `cuase` in a rule; known are name, broker, device, cause, or, benign, "
     "confidence, fix, sources\n"},
    {"an_unknown_field_of_the_device",
     "rules: [{name: a, device: {stack: bearssl, code: 1, colour: red}, cause: unknown, confidence: 1, fix: "
     "x}]\n",
     "a.yaml:1:53: unknown key `colour` in device; known are stack, phase, code, detail, clock_set, count, "
     "recovered, now_server_key, now_cipher, unseen\n"},
    {"a_device_of_which_only_the_stack_is_said",
     "rules: [{name: a, device: {stack: bearssl}, cause: unknown, confidence: 1, fix: x}]\n",
     "a.yaml:1:27: device needs a `code`, or a `phase`\n"},
    {"an_unknown_field_in_a_list_of_devices",
     "rules:\n  - {name: a, cause: unknown, confidence: 1, fix: x, device: [\n    {stack: bearssl, code: "
     "1},\n   "
     " {stack: mbedtls, code: 1, flags: 8}]}\n",
     "a.yaml:4:31: unknown key `flags` in device; known are stack, phase, code, detail, clock_set, count, "
     "recovered, now_server_key, now_cipher, unseen\n"},
    {"no_condition", "rules: [{name: a, cause: unknown, confidence: 1, fix: x}]\n",
     "a.yaml:1:9: a rule needs conditions: `broker`, `device` or both\n"},
    {"a_code_that_is_none",
     "rules: [{name: a, device: {stack: bearssl, code: x}, cause: unknown, confidence: 1, fix: x}]\n",
     "a.yaml:1:50: code must be a number, such as 62, or a range, such as 256..511\n"},
    {"a_range_turned_around",
     "rules: [{name: a, device: {stack: bearssl, code: 9..3}, cause: unknown, confidence: 1, fix: x}]\n",
     "a.yaml:1:50: code must be a number, such as 62, or a range, such as 256..511\n"},
    {"a_confidence_above_one", "rules: [{name: a, broker: {}, cause: unknown, confidence: 90, fix: x}]\n",
     "a.yaml:1:59: confidence must be a number from 0 to 1, and is `90`\n"},
    {"an_unknown_alert",
     "rules: [{name: a, broker: {alert_sent: oops}, cause: unknown, confidence: 1, fix: x}]\n",
     "a.yaml:1:40: no alert is called `oops`; take RFC 8446's name, such as unknown_ca\n"},
    {"an_end_that_no_session_has",
     "rules: [{name: a, broker: {end_reason: kicke}, cause: unknown, confidence: 1, fix: x}]\n",
     "a.yaml:1:40: end_reason must be one of disconnect, closed, reset, keepalive-timeout, taken-over, "
     "kicked, "
     "protocol-error, credentials-refused, broker-stopped, unknown, and is `kicke`\n"},
    {"two_of_one_name",
     "rules:\n  - {name: a, broker: {stage: connected}, cause: unknown, confidence: 1, fix: x}\n  - {name: "
     "a, "
     "broker: {}, cause: unknown, confidence: 1, fix: x}\n",
     "a.yaml:3:5: two rules are called `a`\n"},
    {"its_own_cause_once_more",
     "rules: [{name: a, broker: {}, cause: unknown, or: unknown, confidence: 0.5, fix: x}]\n",
     "a.yaml:1:9: `or` names the rule's own cause `unknown`; it is for what else it could be\n"},
    {"one_alternative_twice",
     "rules: [{name: a, broker: {}, cause: unknown, or: [not-tls, not-tls], confidence: 0.5, fix: x}]\n",
     "a.yaml:1:61: `or` names `not-tls` twice; keep one\n"},
    {"an_alternative_that_is_no_cause",
     "rules: [{name: a, broker: {}, cause: unknown, or: [bad-luck], confidence: 0.5, fix: x}]\n",
     "a.yaml:1:52: no cause is called `bad-luck`; the contract lists the cause ids\n"},
    {"an_alternative_to_certainty",
     "rules: [{name: a, broker: {}, cause: unknown, or: not-tls, confidence: 1, fix: x}]\n",
     "a.yaml:1:9: confidence 1 leaves nothing for `or`; lower it, or drop `or`\n"},
    {"an_end_of_what_was_never_established",
     "rules: [{name: a, broker: {end_reason: closed, established: false}, cause: unknown, confidence: 1, "
     "fix: "
     "x}]\n",
     "a.yaml:1:9: this rule can never hold: a session that has an `end_reason` was established: drop one of "
     "the two\n"},
    {"dns_on_both_sides",
     "rules: [{name: a, broker: {}, device: {stack: tasmota, code: -1001, phase: dns}, cause: unknown, "
     "confidence: 1, fix: x}]\n",
     "a.yaml:1:9: this rule can never hold: an error of phase dns or tcp never reaches the broker: drop "
     "`broker` or `phase`\n"},
};
class KnowledgeErrors : public testing::TestWithParam<ErrorCase> {};
TEST_P(KnowledgeErrors, say_where_what_and_what_would_be_right) {
  EXPECT_EQ(errors_in({GetParam().text}), GetParam().errors);
}
INSTANTIATE_TEST_SUITE_P(Config, KnowledgeErrors, testing::ValuesIn(kErrors),
                         [](const auto& row) { return std::string(row.param.name); });

/// A file that names every cause, each by an end of its own kind: line n + 2 has the n-th cause.
std::string all_causes() {
  std::string out = "rules:\n";
  for (std::size_t i = 0; i < catalog::kCauseCount; ++i) {
    out += "  - {name: all " + std::to_string(i) + ", device: {stack: bearssl, code: " + std::to_string(i) +
           "}, cause: " + std::string(catalog::kCauseIds[i]) + ", confidence: 0.5, fix: x}\n";
  }
  return out;
}

std::string one_rule(std::string_view name, std::string_view conditions) {
  return "rules: [{name: " + std::string(name) + ", " + std::string(conditions) + kRest;
}

TEST(KnowledgeAsAWhole, all_causes_in_one_file_are_good) {
  EXPECT_EQ(errors_in({all_causes()}), "");
}

TEST(KnowledgeAsAWhole, a_cause_that_no_file_names_is_an_error_and_is_named) {
  std::string most = all_causes();
  const std::size_t at = most.find("cause: not-tls");
  most.replace(at, std::string_view("cause: not-tls").size(), "cause: scanner");
  EXPECT_EQ(errors_in({most}),
            "a.yaml:40:5: no rule of all knowledge files names not-tls; add rules for them, or read the "
            "shipped file as well\n");
  EXPECT_EQ(
      errors_in({"rules: []\n"}).rfind("a.yaml:1:1: no rule of all knowledge files names server-cert-", 0),
      0U);
}

TEST(KnowledgeAsAWhole, an_operator_s_own_file_need_not_have_all_causes) {
  EXPECT_EQ(errors_in({one_rule("mine", "broker: {stage: connected}"), all_causes()}), "");
  EXPECT_EQ(errors_in({all_causes(), one_rule("mine", "broker: {stage: connected}")}), "");
}

TEST(KnowledgeAsAWhole, a_rule_behind_one_that_covers_it_is_an_error_at_its_line) {
  EXPECT_EQ(
      errors_in({all_causes() +
                 "  - {name: late, device: {stack: bearssl, code: 7, clock_set: false}, cause: unknown, "
                 "confidence: 1, fix: x}\n"}),
      "a.yaml:41:5: this rule can never be reached: `all 7` (a.yaml:9) holds wherever it does; put it "
      "before that one, or drop it\n");
}

TEST(KnowledgeAsAWhole, an_operator_s_file_before_the_shipped_one_may_cover_its_rules) {
  EXPECT_EQ(errors_in({one_rule("mine", "device: {stack: bearssl, code: 0..9}"), all_causes()}), "");
}

TEST(KnowledgeAsAWhole, an_operator_s_file_behind_the_shipped_one_stands_too_late) {
  EXPECT_EQ(errors_in({all_causes(), one_rule("mine", "device: {stack: bearssl, code: 7, count: 3}")}),
            "b.yaml:1:9: this rule can never be reached: `all 7` (a.yaml:9) holds wherever it does; put its "
            "file before that one\n");
}

TEST(KnowledgeAsAWhole, an_operator_s_file_is_checked_within_itself) {
  EXPECT_EQ(
      errors_in({"rules:\n  - {name: wide, broker: {}, cause: unknown, confidence: 1, fix: x}\n  - {name: "
                 "narrow, broker: {stage: connected}, cause: unknown, confidence: 1, fix: x}\n",
                 all_causes()}),
      "a.yaml:3:5: this rule can never be reached: `wide` (a.yaml:2) holds wherever it does; put it before "
      "that one, or drop it\n");
}

TEST(KnowledgeAsAWhole, too_many_rules_are_told_once) {
  std::string text = "rules:\n";
  for (std::size_t i = 0; i < config::kMaxRules + 2; ++i) {
    text += "  - {name: r" + std::to_string(i) + ", device: {stack: bearssl, code: " + std::to_string(i) +
            "}, cause: unknown, confidence: 1, fix: x}\n";
  }
  EXPECT_EQ(errors_in({text}),
            "a.yaml:4098:5: more than 4096 rules in all files; drop this and what follows\n");
}

TEST(Knowledge, every_condition_is_read_into_its_place) {
  TempDir dir;
  write_file(dir / "a.yaml",
             R"(shared: [&codes [{stack: bearssl, code: [1, 3..5]}, {stack: wolfssl, code: -7}]]
rules:
  - name: both
    broker: {every_violation: [mfln, record-size], end_reason: [closed, reset], stage: established,
             server_name: differs, server_key_use: [unusable, no-cipher], server_chain: incomplete,
             said_nothing: true, rtt_ms_at_least: 50, lasted_ms_below: 1000}
    device: *codes
    cause: record-too-large
    or: [mfln-not-negotiated, network-loss]
    benign: true
    confidence: 0.5
    fix: x
  - name: then
    device: {stack: bearssl, code: 296, count: 1..2, recovered: true, now_server_key: EC, unseen: false,
             now_cipher: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
    cause: no-shared-cipher
    confidence: 0.5
    fix: x
)");
  write_file(dir / "b.yaml", all_causes());
  const auto k = config::load_knowledge({(dir / "a.yaml").string(), (dir / "b.yaml").string()});
  ASSERT_TRUE(k.ok()) << errors_of(k.error());
  const diagnose::Rule& both = k->rules[0];
  EXPECT_EQ(both.broker->every_violation, (std::vector<std::string>{"mfln", "record-size"}));
  EXPECT_TRUE(both.broker->stages.allows(wire::Stage::established));
  EXPECT_FALSE(both.broker->stages.allows(wire::Stage::finished));
  EXPECT_TRUE(both.broker->server_names.allows(diagnose::ServerName::differs));
  EXPECT_FALSE(both.broker->server_names.allows(diagnose::ServerName::matches));
  EXPECT_TRUE(both.broker->server_key_uses.allows(diagnose::KeyUse::no_cipher));
  EXPECT_FALSE(both.broker->server_key_uses.allows(diagnose::KeyUse::usable));
  EXPECT_TRUE(both.broker->server_chains.allows(diagnose::ServerChain::incomplete));
  EXPECT_FALSE(both.broker->server_chains.allows(diagnose::ServerChain::leaf_only));
  EXPECT_EQ(both.broker->said_nothing, true);
  EXPECT_EQ(both.broker->rtt_ms_at_least, 50U);
  EXPECT_EQ(both.broker->lasted_ms_below, 1000U);
  ASSERT_EQ(both.device.size(), 2U);
  EXPECT_EQ(both.device[0].codes, (std::vector<diagnose::Range>{{1, 1}, {3, 5}}));
  EXPECT_EQ(both.device[1].stacks, std::vector<std::string>{"wolfssl"});
  EXPECT_EQ(both.or_causes, (std::vector<std::string>{"mfln-not-negotiated", "network-loss"}));
  EXPECT_TRUE(both.benign);
  const diagnose::DevicePattern& then = k->rules[1].device[0];
  EXPECT_EQ(then.counts, (std::vector<diagnose::Range>{{1, 2}}));
  EXPECT_EQ(then.recovered, true);
  EXPECT_EQ(then.unseen, false);
  EXPECT_EQ(then.now_server_keys, std::vector<std::string>{"EC"});
  EXPECT_EQ(then.now_ciphers, std::vector<std::uint16_t>{0xC02B});
  EXPECT_FALSE(k->rules[1].benign);
}

}  // namespace
}  // namespace tlswatch::test
