// Which line is about which session, whatever comes first; and nothing said where two could be meant.
#include "daemon/core/broker_log/log_join.h"

#include <gtest/gtest.h>

namespace tlswatch::test {
namespace {

using namespace broker_log;  // NOLINT: the subject

constexpr std::uint64_t kS = 1'000'000'000;
constexpr std::uint64_t kT = 1'795'366'544 * kS;

facts::Address peer(std::uint16_t port = 41022) {
  return {.bytes = {10, 0, 0, 7}, .size = 4, .port = port};
}
fleet::SessionKey session(std::uint64_t number) {
  return {0, 1, number};
}
Connected connect(std::string_view id, std::uint16_t port = 41022) {
  return {peer(port), id, "", 60};
}
Span at(double seconds, double for_seconds = 0.05) {
  const auto from = kT + static_cast<std::uint64_t>(static_cast<std::int64_t>(seconds * kS));
  return {from, from + static_cast<std::uint64_t>(for_seconds * kS)};
}
std::uint64_t time(double seconds) {
  return at(seconds).from_ns;
}

TEST(LogJoin, a_line_after_its_session) {
  LogJoin join;
  EXPECT_FALSE(join.established(session(1), peer(), time(0)));
  const auto named = join.connected(connect("boiler"), at(0.01));
  ASSERT_TRUE(named);
  EXPECT_EQ(named->session, session(1));
}

TEST(LogJoin, a_line_before_its_session) {
  LogJoin join;
  EXPECT_FALSE(join.connected(connect("boiler"), at(0.01)));
  const auto login = join.established(session(1), peer(), time(0));
  ASSERT_TRUE(login);
  EXPECT_EQ(login->outside_id, "boiler");
}

TEST(LogJoin, a_line_of_another_port_is_another_s) {
  LogJoin join;
  join.established(session(1), peer(), time(0));
  EXPECT_FALSE(join.connected(connect("boiler", 41023), at(0.01)));
}

TEST(LogJoin, a_line_from_before_the_session_is_an_earlier_one_s) {
  LogJoin join;
  EXPECT_FALSE(join.connected(connect("earlier"), at(-5)));
  EXPECT_FALSE(join.established(session(1), peer(), time(0)));
  EXPECT_TRUE(join.connected(connect("boiler"), at(0.01)));
}

TEST(LogJoin, a_line_from_after_the_end_is_a_later_one_s) {
  LogJoin join;
  join.established(session(1), peer(), time(0));
  join.ended(session(1), peer(), "", time(1));
  EXPECT_FALSE(join.connected(connect("later"), at(5)));
  EXPECT_TRUE(join.established(session(2), peer(), time(5)));
}

TEST(LogJoin, a_port_used_twice_within_the_line_s_second_names_nobody) {
  LogJoin join;
  join.established(session(1), peer(), time(0.1));
  join.ended(session(1), peer(), "", time(0.2));
  join.established(session(2), peer(), time(0.3));
  EXPECT_FALSE(join.connected(connect("either"), at(0, 1)));
  EXPECT_EQ(join.counters().ambiguous, 1U);
}

TEST(LogJoin, two_lines_for_one_port_within_a_second_name_nobody) {
  LogJoin join;
  join.connected(connect("first"), at(0, 1));
  join.connected(connect("second"), at(0, 1));
  EXPECT_FALSE(join.established(session(1), peer(), time(0.1)));
  EXPECT_EQ(join.counters().ambiguous, 1U);
}

TEST(LogJoin, a_session_is_named_once) {
  LogJoin join;
  join.established(session(1), peer(), time(0));
  EXPECT_TRUE(join.connected(connect("boiler"), at(0.01)));
  EXPECT_FALSE(join.connected(connect("another"), at(0.02)));
}

TEST(LogJoin, an_end_is_told_by_the_id) {
  LogJoin join;
  join.left({"other", "keepalive-timeout"}, at(1));
  join.left({"boiler", "taken-over"}, at(1));
  EXPECT_EQ(join.ended(session(1), peer(), "boiler", time(1.01)), "taken-over");
}

TEST(LogJoin, an_end_of_another_time_tells_nothing) {
  LogJoin join;
  join.left({"boiler", "credentials-refused"}, at(1));  // somebody else tried that id
  EXPECT_EQ(join.ended(session(1), peer(), "boiler", time(3)), "");
}

TEST(LogJoin, ends_that_disagree_tell_nothing) {
  LogJoin join;
  join.left({"", "credentials-refused"}, at(1));
  join.left({"", "closed"}, at(1));
  EXPECT_EQ(join.ended(session(1), peer(), "", time(1)), "");
}

TEST(LogJoin, an_end_is_told_once) {
  LogJoin join;
  join.left({"boiler", "taken-over"}, at(1));
  EXPECT_EQ(join.ended(session(1), peer(), "boiler", time(1)), "taken-over");
  EXPECT_EQ(join.ended(session(2), peer(2), "boiler", time(1)), "");
}

TEST(LogJoin, remembers_no_more_than_its_limits) {
  LogJoin join(100);
  for (std::uint16_t port = 1; port <= 1000; ++port) join.connected(connect("x", port), at(port));
  EXPECT_EQ(join.waiting(), 100U);
  for (std::size_t i = 0; i < 3 * kMaxEnds; ++i) join.left({"x", ""}, at(2000));
  EXPECT_EQ(join.waiting_ends(), kMaxEnds);
  join.left({"x", ""}, at(2100));
  EXPECT_EQ(join.waiting_ends(), 1U) << "old ones go";
}

}  // namespace
}  // namespace tlswatch::test
