// What a diagnosis says: cause and rule, what was seen on both sides, what else it could be.
#include "daemon/core/event/diagnosis.h"

#include <gtest/gtest.h>

namespace tlswatch::event {
namespace {

using diagnose::BrokerPattern;
using diagnose::BrokerSymptoms;
using diagnose::DevicePattern;
using diagnose::DeviceSymptoms;
using diagnose::Rule;

diagnose::Knowledge knowledge() {
  diagnose::Knowledge out;
  Rule both{"first try",
            BrokerPattern{},
            {DevicePattern{}},
            "no-shared-cipher",
            0.9,
            "Nothing.",
            {},
            {"client-cert-missing"},
            true};
  both.broker->openssl = {"no shared cipher"};
  both.device[0].codes = {{296, 296}};
  both.device[0].recovered = true;
  Rule silence{"silence", BrokerPattern{}, {}, "connection-closed-by-device", 0.5, "Ask the device.", {}};
  silence.broker->openssl = {""};
  Rule device{"untrusted", {}, {DevicePattern{}}, "server-cert-untrusted", 0.95, "Install the CA.", {}};
  device.device[0].codes = {{62, 62}};
  out.rules = {both, silence, device};
  return out;
}

std::string evidence_of(const Diagnosis& d) {
  std::string out;
  for (const diagnose::Evidence& piece : d.evidence) {
    out += (piece.side == diagnose::Side::broker ? "broker: " : "device: ") + piece.what + "\n";
  }
  return out;
}

TEST(Conclude, says_what_was_seen_on_both_sides_by_which_rule_and_what_else_it_could_be) {
  const auto k = knowledge();
  BrokerSymptoms broker;
  broker.stage = wire::Stage::client_hello;
  broker.openssl_reason = "no shared cipher";
  broker.server_key = "EC";
  const auto answer = catalog::lookup(296, catalog::Stack::bearssl);
  const DeviceSide device{{"bearssl", "tls", 296, 0, false, 3, true, "EC", 0xC02B}, answer};
  Diagnosis out;
  const Rule* rule = conclude(k, &broker, &device, out);
  ASSERT_NE(rule, nullptr);
  EXPECT_TRUE(rule->benign);
  EXPECT_EQ(out.rule, "first try");
  EXPECT_EQ(out.cause, "no-shared-cipher");
  EXPECT_EQ(out.confidence, 0.9);
  EXPECT_EQ(out.fix, "Nothing.");
  ASSERT_EQ(out.alternatives.size(), 1U);
  EXPECT_EQ(out.alternatives[0].cause, "client-cert-missing");
  EXPECT_EQ(
      evidence_of(out),
      "broker: the handshake ended after client-hello\n"
      "broker: OpenSSL: no shared cipher\n"
      "broker: the broker's key is EC\n"
      "device: bearssl code 296 (BR_ERR_RECV_FATAL_ALERT+40 (SSL3_ALERT_HANDSHAKE_FAILURE)) in phase tls\n"
      "device: 3 times in a row\n"
      "device: its clock was not set\n"
      "device: it has connected since, to a key of kind EC, by TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n");
}

TEST(Conclude, evidence_is_bounded_and_keeps_the_device_s_word) {
  const auto k = knowledge();
  BrokerSymptoms broker;
  const std::vector<policy::Violation> many(20, policy::Violation{"cipher", "a", "b"});
  broker.violations = many;
  const auto answer = catalog::lookup(62, catalog::Stack::bearssl);
  const DeviceSide device{{"bearssl", "tls", 62, 0, true}, answer};
  Diagnosis out;
  conclude(k, &broker, &device, out);
  ASSERT_EQ(out.evidence.size(), diagnose::kMaxEvidence);
  EXPECT_EQ(out.evidence.back().what, "bearssl code 62 (BR_ERR_X509_NOT_TRUSTED) in phase tls");
}

struct FallbackCase {
  const char* name;
  bool broker;        ///< it saw a silent close
  std::int64_t code;  ///< of BearSSL; 0: the device said nothing
  const char* cause;
  const char* rule;
  const char* first_alternative;  ///< empty: none
};
const FallbackCase kFallbacks[] = {
    {"a_row_of_one_side", true, 0, "connection-closed-by-device", "silence", ""},
    {"a_row_of_each_side", true, 62, "server-cert-untrusted", "untrusted", "connection-closed-by-device"},
    {"a_code_without_a_row_is_read_by_the_catalog", false, 56, "server-name-mismatch", "", ""},
    {"which_outranks_silence", true, 56, "server-name-mismatch", "", "connection-closed-by-device"},
    {"the_catalog_s_further_causes_are_alternatives", false, 54, "server-cert-expired", "",
     "device-clock-wrong"},
    {"a_code_that_nobody_knows", false, 61, "unknown", "", ""},
    {"a_code_that_nobody_knows_and_silence", true, 61, "connection-closed-by-device", "silence", ""},
};
class Fallbacks : public testing::TestWithParam<FallbackCase> {};
TEST_P(Fallbacks, take_what_there_is) {
  const auto k = knowledge();
  const FallbackCase& row = GetParam();
  const BrokerSymptoms broker;
  const auto answer = catalog::lookup(row.code, catalog::Stack::bearssl);
  const DeviceSide device{{"bearssl", "tls", row.code, 0, true}, answer};
  Diagnosis out;
  const Rule* rule = conclude(k, row.broker ? &broker : nullptr, row.code != 0 ? &device : nullptr, out);
  EXPECT_EQ(out.cause, row.cause);
  EXPECT_EQ(out.rule, row.rule);
  EXPECT_EQ(rule != nullptr, row.rule[0] != '\0');
  EXPECT_EQ(out.alternatives.empty() ? std::string_view{} : out.alternatives[0].cause, row.first_alternative);
  if (rule == nullptr) {
    EXPECT_LT(out.confidence, 0.5);
  }
  EXPECT_FALSE(out.fix.empty());
}
INSTANTIATE_TEST_SUITE_P(Event, Fallbacks, testing::ValuesIn(kFallbacks),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::event
