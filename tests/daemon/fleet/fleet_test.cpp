// The names of sessions and events, and the table of open sessions.
#include <gtest/gtest.h>

#include "daemon/core/fleet/ids.h"
#include "daemon/core/fleet/session_table.h"

namespace tlswatch::fleet {
namespace {

TEST(Ids, are_broker_epoch_and_number) {
  const RingId ring{"edge-1", 0x18ea98da};
  EXPECT_EQ(session_text(ring, 41), "edge-1:18ea98da:41");
  EXPECT_EQ(session_text(ring, 0), "") << "about no session";
  EXPECT_EQ(event_id(ring, 17), "edge-1:18ea98da:17");
  EXPECT_EQ(event_id(ring, 17, 2), "edge-1:18ea98da:17.2");
}

struct IdCase {
  const char* name;
  const char* text;
  bool good;
  std::uint64_t sequence, part;
};
const IdCase kIds[] = {
    {"a_first_line", "edge-1:18ea:17", true, 17, 0},
    {"a_further_line", "edge-1:18ea:17.3", true, 17, 3},
    {"a_broker_with_a_colon", "a:b:18ea:17", true, 17, 0},
    {"nothing", "", false, 0, 0},
    {"no_epoch", "edge-1:17", false, 0, 0},
    {"no_number", "edge-1:18ea:", false, 0, 0},
    {"letters", "edge-1:18ea:x", false, 0, 0},
    {"an_epoch_that_is_not_hex", "edge-1:18zz:17", false, 0, 0},
    {"a_part_without_digits", "edge-1:18ea:17.", false, 0, 0},
    {"something_behind", "edge-1:18ea:17.1x", false, 0, 0},
};
class ParsedIds : public testing::TestWithParam<IdCase> {};
TEST_P(ParsedIds, are_taken_apart_or_refused) {
  EventPosition at;
  ASSERT_EQ(parse_event_id(GetParam().text, at), GetParam().good);
  if (!GetParam().good) return;
  EXPECT_EQ(at.epoch, 0x18eaU);
  EXPECT_EQ(at.sequence, GetParam().sequence);
  EXPECT_EQ(at.part, GetParam().part);
}
INSTANTIATE_TEST_SUITE_P(Fleet, ParsedIds, testing::ValuesIn(kIds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SessionTable, forgets_the_one_that_was_silent_longest_and_counts_it) {
  SessionTable table(2);
  table.open({0, 1, 1}).device_id = "one";
  table.open({0, 1, 2});
  ASSERT_NE(table.find({0, 1, 1}), nullptr);  // touched
  table.open({0, 1, 3});
  EXPECT_EQ(table.find({0, 1, 2}), nullptr);
  ASSERT_NE(table.find({0, 1, 1}), nullptr);
  EXPECT_EQ(table.find({0, 1, 1})->device_id, "one");
  EXPECT_EQ(table.forgotten(), 1U);
  EXPECT_EQ(table.size(), 2U);
}

TEST(SessionTable, keeps_brokers_and_epochs_apart) {
  SessionTable table;
  table.open({0, 1, 5}).device_id = "a";
  table.open({1, 1, 5}).device_id = "b";
  table.open({0, 2, 5}).device_id = "c";
  EXPECT_EQ(table.find({1, 1, 5})->device_id, "b");
  const auto taken = table.take_all(0, 1);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].device_id, "a");
  EXPECT_EQ(table.size(), 2U);
}

TEST(SessionTable, hands_all_out_in_the_order_of_their_numbers) {
  SessionTable table;
  for (const std::uint64_t n : {7U, 3U, 9U, 1U}) table.open({0, 1, n});
  std::vector<std::uint64_t> numbers;
  for (const Session& session : table.take_all(0, 1)) numbers.push_back(session.key.number);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 3, 7, 9}));
}

TEST(SessionTable, stays_within_its_limit_under_a_flood) {
  SessionTable table(100);
  for (std::uint64_t n = 1; n <= 100000; ++n) table.open({0, 1, n});
  EXPECT_EQ(table.size(), 100U);
  EXPECT_EQ(table.forgotten(), 99900U);
}

}  // namespace
}  // namespace tlswatch::fleet
