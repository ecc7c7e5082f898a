#include "daemon/core/event/end_reason.h"

#include <gtest/gtest.h>

#include <set>

namespace tlswatch::event {
namespace {

using diagnose::ClosedBy;

constexpr std::uint64_t kSecond = 1'000'000'000;

struct EndCase {
  const char* name;
  EndFacts facts;
  const char* reason;
};
EndFacts seen(ClosedBy closed_by) {
  EndFacts f;
  f.closed_by = closed_by;
  f.has_client_id = true;
  f.last_packet_least = f.last_packet_most = 40;
  f.ns_since_last_in = 0;
  f.keepalive_s = 60;
  return f;
}
template <typename Change>
EndFacts with(EndFacts f, Change change) {
  change(f);
  return f;
}
const EndCase kEnds[] = {
    {"mosquitto_2_1_says_disconnect", with(seen(ClosedBy::client), [](EndFacts& f) { f.given = 0; }),
     "disconnect"},
    {"lost_and_reset", with(seen(ClosedBy::reset), [](EndFacts& f) { f.given = 7; }), "reset"},
    {"lost_and_closed", with(seen(ClosedBy::client), [](EndFacts& f) { f.given = 7; }), "closed"},
    {"keepalive", with(seen(ClosedBy::broker), [](EndFacts& f) { f.given = 19; }), "keepalive-timeout"},
    {"taken_over", with(seen(ClosedBy::broker), [](EndFacts& f) { f.given = 142; }), "taken-over"},
    {"kicked", with(seen(ClosedBy::broker), [](EndFacts& f) { f.given = 152; }), "kicked"},
    {"a_reason_of_the_future", with(seen(ClosedBy::broker), [](EndFacts& f) { f.given = 9999; }), "unknown"},
    {"mosquitto_2_0_refused_the_login",
     with(seen(ClosedBy::broker),
          [](EndFacts& f) {
            f.has_client_id = false;
            f.has_username = true;
          }),
     "credentials-refused"},
    {"the_last_packet_was_a_disconnect",
     with(seen(ClosedBy::broker), [](EndFacts& f) { f.last_packet_least = f.last_packet_most = 2; }),
     "disconnect"},
    {"a_disconnect_in_cbc_may_have_2_bytes",
     with(seen(ClosedBy::client),
          [](EndFacts& f) {
            f.last_packet_least = 0;
            f.last_packet_most = 15;
          }),
     "disconnect"},
    {"a_ping_long_ago_is_no_disconnect",
     with(seen(ClosedBy::client),
          [](EndFacts& f) {
            f.last_packet_least = f.last_packet_most = 2;
            f.ns_since_last_in = 30 * kSecond;
          }),
     "closed"},
    {"silent_for_one_and_a_half_keepalives",
     with(seen(ClosedBy::broker), [](EndFacts& f) { f.ns_since_last_in = 90 * kSecond; }),
     "keepalive-timeout"},
    {"a_ping_and_then_silence_for_one_and_a_half_keepalives",
     with(seen(ClosedBy::broker),
          [](EndFacts& f) {
            f.last_packet_least = f.last_packet_most = 2;
            f.ns_since_last_in = 91 * kSecond;
          }),
     "keepalive-timeout"},
    {"silent_for_less", with(seen(ClosedBy::broker), [](EndFacts& f) { f.ns_since_last_in = 89 * kSecond; }),
     "unknown"},
    {"silent_without_a_keepalive",
     with(seen(ClosedBy::broker),
          [](EndFacts& f) {
            f.ns_since_last_in = 9000 * kSecond;
            f.keepalive_s = 0;
          }),
     "unknown"},
    {"silent_and_closed_by_the_client",
     with(seen(ClosedBy::client), [](EndFacts& f) { f.ns_since_last_in = 90 * kSecond; }), "closed"},
    {"reset", seen(ClosedBy::reset), "reset"},
    {"closed", seen(ClosedBy::client), "closed"},
    {"a_disconnect_in_a_websocket_frame",
     with(seen(ClosedBy::broker),
          [](EndFacts& f) {
            f.transport = wire::Transport::websockets;
            f.last_packet_least = f.last_packet_most = 8;
          }),
     "disconnect"},
    {"eight_bytes_without_a_frame_are_no_disconnect",
     with(seen(ClosedBy::broker), [](EndFacts& f) { f.last_packet_least = f.last_packet_most = 8; }),
     "unknown"},
    {"two_bytes_in_a_frame_are_no_disconnect",
     with(seen(ClosedBy::broker),
          [](EndFacts& f) {
            f.transport = wire::Transport::websockets;
            f.last_packet_least = f.last_packet_most = 2;
          }),
     "unknown"},
    {"a_goodbye_of_which_tcp_says_nothing",
     with(seen(ClosedBy::unknown),
          [](EndFacts& f) {
            f.last_packet_least = f.last_packet_most = 2;
            f.ns_since_last_in.reset();
            f.lasted_ns = 89 * kSecond;
          }),
     "disconnect"},
    {"a_ping_of_which_tcp_says_nothing_may_have_been_the_last_sign_of_life",
     with(seen(ClosedBy::unknown),
          [](EndFacts& f) {
            f.last_packet_least = f.last_packet_most = 2;
            f.ns_since_last_in.reset();
            f.lasted_ns = 90 * kSecond;
          }),
     "unknown"},
    {"a_ping_of_which_tcp_says_nothing_before_the_client_left",
     with(seen(ClosedBy::client),
          [](EndFacts& f) {
            f.last_packet_least = f.last_packet_most = 2;
            f.ns_since_last_in.reset();
            f.lasted_ns = kSecond;
          }),
     "closed"},
    {"silence_of_which_tcp_says_nothing_is_none",
     with(seen(ClosedBy::broker), [](EndFacts& f) { f.ns_since_last_in.reset(); }), "unknown"},
    {"ended_by_the_broker_for_a_reason_of_its_own", seen(ClosedBy::broker), "unknown"},
    {"nothing_known", EndFacts{}, "unknown"},
};
class EndReasons : public testing::TestWithParam<EndCase> {};
TEST_P(EndReasons, are_read_off_what_is_known) {
  EXPECT_EQ(end_reason(GetParam().facts), GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Event, EndReasons, testing::ValuesIn(kEnds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(GivenReasons, are_ordered_unique_and_of_the_contract) {
  const std::set<std::string_view> contract{"",
                                            "disconnect",
                                            "closed",
                                            "reset",
                                            "keepalive-timeout",
                                            "taken-over",
                                            "kicked",
                                            "protocol-error",
                                            "credentials-refused",
                                            "broker-stopped"};
  std::int32_t last = -1;
  for (const GivenReason& row : given_reasons()) {
    EXPECT_GT(row.code, last) << row.name;
    EXPECT_TRUE(contract.contains(row.reason)) << row.name;
    last = row.code;
  }
}

}  // namespace
}  // namespace tlswatch::event
