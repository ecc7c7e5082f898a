// QoS 0: when a report is known to have arrived, and when it only looks so.
#include <gtest/gtest.h>

#include <ostream>
#include <string_view>
#include <vector>

#include "tlswatch_receipt.h"

namespace tlswatch::device {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A conversation in letters: what goes out is upper case, what comes is lower case.
//   C CONNECT  P PINGREQ  S SUBSCRIBE  R the report, and expect()  D another PUBLISH
//   c CONNACK  p PINGRESP s SUBACK     d a PUBLISH that came
bool arrives(std::string_view conversation) {
  Receipt receipt;
  const auto sent = [&](const Bytes& bytes) { receipt.sent(bytes.data(), bytes.size()); };
  const auto received = [&](const Bytes& bytes) { receipt.received(bytes.data(), bytes.size()); };
  for (const char c : conversation) {
    switch (c) {
      case 'C': sent({0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 15, 0, 0}); break;
      case 'P': sent({0xC0, 0}); break;
      case 'S': sent({0x82, 6, 0, 1, 0, 1, 'a', 0}); break;
      case 'R':
        sent({0x30, 4, 0, 1, 't', '{'});
        receipt.expect();
        break;
      case 'D': sent({0x30, 4, 0, 1, 'x', 0xC0}); break;
      case 'c': received({0x20, 2, 0, 0}); break;
      case 'p': received({0xD0, 0}); break;
      case 's': received({0x90, 3, 0, 1, 0}); break;
      case 'd': received({0x30, 5, 0, 1, 't', 0xD0, 0}); break;
      default: ADD_FAILURE() << c;
    }
  }
  return receipt.arrived();
}

struct Case {
  const char* name;
  const char* conversation;
  bool arrives;
};
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}
const Case kCases[] = {
    {"a_ping_after_the_report_is_answered", "CcRPp", true},
    {"a_subscription_after_the_report_is_answered", "CcRSs", true},
    {"nothing_was_asked", "CcR", false},
    {"nothing_is_answered", "CcRP", false},
    {"the_answer_is_to_a_question_before", "CcPRp", false},
    {"one_question_before_and_one_after", "CcPRPpp", true},
    {"one_question_before_and_one_after_but_one_answer", "CcPRPp", false},
    {"answers_come_in_another_order", "CcPRSsp", true},
    {"the_question_before_was_answered_before", "CcPpRPp", true},
    {"an_answer_to_nobodys_question", "CcRp", false},
    {"answers_to_nobodys_question_and_one_to_ours", "CcpppRppPp", true},
    {"a_new_connection_in_between", "CcRCcPp", false},
    {"the_report_is_sent_again_on_the_new_connection", "CcRCcRPp", true},
    {"no_report_was_sent", "CcPp", false},
    {"a_message_in_which_a_ping_can_be_read", "CcRDd", false},
};
class ReceiptTest : public ::testing::TestWithParam<Case> {};
TEST_P(ReceiptTest, knows) {
  EXPECT_EQ(arrives(GetParam().conversation), GetParam().arrives) << GetParam().conversation;
}
INSTANTIATE_TEST_SUITE_P(receipt, ReceiptTest, ::testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.name; });

TEST(receipt, says_so_once) {
  Receipt receipt;
  receipt.expect();
  const Bytes ping = {0xC0, 0};
  const Bytes answer = {0xD0, 0};
  receipt.sent(ping.data(), 1);
  receipt.sent(ping.data() + 1, 1);
  receipt.received(answer.data(), 1);
  EXPECT_FALSE(receipt.arrived());
  receipt.received(answer.data() + 1, 1);
  EXPECT_TRUE(receipt.arrived());
  EXPECT_FALSE(receipt.arrived());
}

TEST(receipt, of_a_stream_that_is_no_mqtt_never_comes) {
  Receipt receipt;
  receipt.expect();
  const Bytes ping = {0xC0, 0};
  receipt.sent(ping.data(), ping.size());
  const Bytes broken = {0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xD0, 0x00, 0xD0, 0x00};
  receipt.received(broken.data(), broken.size());
  EXPECT_FALSE(receipt.arrived());
}

}  // namespace
}  // namespace tlswatch::device
