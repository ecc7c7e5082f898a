#include "daemon/core/diagnose/symptoms.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/core/event/end_reason.h"

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

TEST(ClosedBy, reads_linux_tcp_states_where_tls_is_silent) {
  EXPECT_EQ(closed_by({}, {}, {}), ClosedBy::unknown);
  facts::Tcp tcp;
  const std::pair<std::uint8_t, ClosedBy> kStates[] = {{0, ClosedBy::unknown}, {1, ClosedBy::broker},
                                                       {7, ClosedBy::reset},   {8, ClosedBy::client},
                                                       {9, ClosedBy::client},  {200, ClosedBy::unknown}};
  for (const auto& [state, who] : kStates) {
    tcp.state = state;
    EXPECT_EQ(closed_by(tcp, {}, {}), who) << int{state};
  }
}

constexpr auto kReceived = wire::Direction::received;
constexpr auto kSent = wire::Direction::sent;
constexpr std::uint64_t kNoSharedCipher = 0x0A0000C1;
constexpr std::uint64_t kHttpRequest = 0x0A00009C;
constexpr std::uint64_t kSystemError = 0x80000068;  // ECONNRESET

struct CloseCase {
  const char* name;
  std::vector<facts::AlertSeen> alerts;
  std::uint64_t error;
  ClosedBy who;
};
const CloseCase kCloses[] = {
    {"our_fatal_alert_is_the_broker_s_end", {{kSent, 2, 40}}, kNoSharedCipher, ClosedBy::broker},
    {"our_fatal_alert_without_a_word_of_openssl", {{kSent, 2, 116}}, 0, ClosedBy::broker},
    {"the_decode_error_after_an_end_of_file_is_none_of_ours",
     {{kSent, 2, 50}},
     kUnexpectedEof,
     ClosedBy::client},
    {"a_decode_error_after_garbage_is_ours", {{kSent, 2, 50}}, 0x0A00009F, ClosedBy::broker},
    {"an_end_of_file_alone", {}, kUnexpectedEof, ClosedBy::client},
    {"a_close_notify_came", {{kReceived, 1, 0}, {kSent, 1, 0}}, 0, ClosedBy::client},
    {"a_fatal_alert_came", {{kReceived, 2, 48}}, 0x0A000418, ClosedBy::client},
    {"openssl_gave_up_without_an_alert", {}, kHttpRequest, ClosedBy::broker},
};
class Closes : public testing::TestWithParam<CloseCase> {};
TEST_P(Closes, are_told_the_same_whatever_tcp_says_by_then) {
  facts::Alerts alerts;
  for (const facts::AlertSeen& alert : GetParam().alerts) alerts.items[alerts.count++] = alert;
  std::optional<facts::OpensslError> error;
  if (GetParam().error != 0) error = facts::OpensslError{GetParam().error, ""};
  EXPECT_EQ(closed_by({}, alerts, error), GetParam().who);
  for (std::uint8_t state = 0; state < 13; ++state) {
    EXPECT_EQ(closed_by(facts::Tcp{.state = state}, alerts, error), GetParam().who) << int{state};
  }
}
INSTANTIATE_TEST_SUITE_P(Diagnose, Closes, testing::ValuesIn(kCloses),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ClosedBy, our_own_close_notify_and_a_system_error_hide_no_reset) {
  facts::Alerts alerts;
  alerts.items[alerts.count++] = {kSent, 1, 0};
  EXPECT_EQ(closed_by(facts::Tcp{.state = 7}, alerts, facts::OpensslError{kSystemError, ""}),
            ClosedBy::reset);
}

TEST(EndReasons, are_all_that_a_session_s_end_can_have) {
  for (const event::GivenReason& row : event::given_reasons()) {
    if (row.reason.empty()) continue;
    EXPECT_NE(std::ranges::find(kEndReasons, row.reason), std::end(kEndReasons)) << row.reason;
  }
}

TEST(Describe, who_closed_is_said_of_a_handshake_and_not_again_behind_the_reason_of_an_end) {
  BrokerSymptoms s;
  s.closed_by = ClosedBy::client;
  EXPECT_EQ(describe(s).back().what, "the client closed the connection");
  s.established = true;
  s.end_reason = "credentials-refused";
  EXPECT_EQ(describe(s).back().what, "the session ended: credentials-refused");
}

TEST(Describe, shows_who_asked_to_be_let_in_and_what_the_broker_s_side_proves) {
  BrokerSymptoms s;
  s.outside_user = "eve\x1b[2J";
  s.server_dates = Dates::expired;
  const std::vector<policy::Violation> violations{{"server-key-size", "2048", "4096"}};
  s.violations = violations;
  std::string all;
  for (const Evidence& piece : describe(s)) all += piece.what + "\n";
  EXPECT_NE(all.find("user name 'eve"), std::string::npos) << all;
  EXPECT_EQ(all.find('\x1b'), std::string::npos);
  EXPECT_NE(all.find("certificate has expired"), std::string::npos) << all;
  EXPECT_NE(all.find("server-key-size: wanted 2048, seen 4096"), std::string::npos) << all;
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

}  // namespace
}  // namespace tlswatch::diagnose
