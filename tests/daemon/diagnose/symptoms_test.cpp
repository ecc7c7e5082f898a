#include "daemon/core/diagnose/symptoms.h"

#include <gtest/gtest.h>

#include "daemon/core/diagnose/knowledge.h"

namespace tlswatch::diagnose {
namespace {

struct BytesCase {
  const char* name;
  std::vector<std::uint8_t> bytes;
  FirstBytes kind;
};
const BytesCase kBytes[] = {
    {"nothing", {}, FirstBytes::none},
    {"an_mqtt_3_1_1_connect", {0x10, 0x16, 0x00, 0x04, 'M'}, FirstBytes::mqtt},
    {"an_mqtt_3_1_connect", {0x10, 0x16, 0x00, 0x06, 'M'}, FirstBytes::mqtt},
    {"an_mqtt_connect_above_127_bytes", {0x10, 0x96, 0x01, 0x00, 0x04}, FirstBytes::mqtt},
    {"a_connect_with_another_protocol_name", {0x10, 0x16, 0x00, 0x05, 'M'}, FirstBytes::other},
    {"an_http_get", {'G', 'E', 'T', ' ', '/'}, FirstBytes::http},
    {"an_http_options", {'O', 'P', 'T', 'I', 'O'}, FirstBytes::http},
    {"the_http_2_preface", {'P', 'R', 'I', ' ', '*'}, FirstBytes::http},
    {"ssh", {'S', 'S', 'H', '-', '2'}, FirstBytes::other},
    {"one_byte_of_a_connect", {0x10}, FirstBytes::other},
};
class FirstFive : public testing::TestWithParam<BytesCase> {};
TEST_P(FirstFive, tell_what_speaks) {
  EXPECT_EQ(classify(GetParam().bytes), GetParam().kind);
}
INSTANTIATE_TEST_SUITE_P(Diagnose, FirstFive, testing::ValuesIn(kBytes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ClosedBy, reads_linux_tcp_states) {
  EXPECT_EQ(closed_by(std::nullopt), ClosedBy::unknown);
  facts::Tcp tcp;
  const std::pair<std::uint8_t, ClosedBy> kStates[] = {{0, ClosedBy::unknown}, {1, ClosedBy::broker},
                                                       {7, ClosedBy::reset},   {8, ClosedBy::client},
                                                       {9, ClosedBy::client},  {200, ClosedBy::unknown}};
  for (const auto& [state, who] : kStates) {
    tcp.state = state;
    EXPECT_EQ(closed_by(tcp), who) << int{state};
  }
}

TEST(Describe, outside_text_in_a_sentence_is_clean_and_bounded) {
  BrokerSymptoms s;
  const std::string hostile = "\x1b[2J" + std::string(5000, 'x');
  s.openssl_reason = hostile;
  for (const Evidence& piece : describe(s)) {
    EXPECT_EQ(piece.what.find('\x1b'), std::string::npos);
    EXPECT_LT(piece.what.size(), 1024U);
  }
}

TEST(Find, the_first_rule_whose_conditions_all_hold_decides) {
  Knowledge k;
  k.rules.resize(3);
  k.rules[0] = {"both", BrokerPattern{}, {}, "a", 1, "", {}};
  k.rules[0].broker->stages = {wire::Stage::server_hello};
  k.rules[0].broker->openssl = {"no shared cipher"};
  k.rules[1] = {"one", BrokerPattern{}, {}, "b", 1, "", {}};
  k.rules[1].broker->openssl = {"no shared cipher", ""};
  k.rules[2] = {"device", {}, DevicePattern{}, "c", 1, "", {}};
  k.rules[2].device->codes = {{10, 20}};
  BrokerSymptoms s;
  s.openssl_reason = "no shared cipher";
  EXPECT_EQ(find(k, s)->name, "one");
  s.stage = wire::Stage::server_hello;
  EXPECT_EQ(find(k, s)->name, "both");
  s.openssl_reason = "something else";
  EXPECT_EQ(find(k, s), nullptr);
  s.openssl_reason = "";
  s.end_reason = "closed";
  EXPECT_EQ(find(k, s), nullptr) << "a rule about handshakes is none about a session's end";
  EXPECT_EQ(find(k, DeviceSymptoms{"tasmota", "tls", 15, 0, true})->name, "device");
  EXPECT_EQ(find(k, DeviceSymptoms{"tasmota", "tls", 21, 0, true}), nullptr);
}

}  // namespace
}  // namespace tlswatch::diagnose
