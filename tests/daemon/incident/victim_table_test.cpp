// The table of victims where names collide, by chance or by choice.
#include "daemon/core/incident/victim_table.h"

#include <gtest/gtest.h>

namespace tlswatch::incident {
namespace {

constexpr std::uint32_t kNow = 1795392000;

VictimTable::Entry* admit_failing(VictimTable& table, std::uint64_t victim, std::uint64_t incident = 1) {
  VictimTable::Entry* const entry = table.admit(victim, incident, false, kNow).entry;
  if (entry == nullptr) return nullptr;
  entry->failing = true;
  entry->last_failure_s = kNow;
  return entry;
}

TEST(VictimTable, grows_where_a_set_is_full_before_the_table_is) {
  VictimTable table(1 << 16, 86400);
  // The first sixteen sets are told apart by four bits, which are the same in all of these.
  for (std::uint64_t i = 1; i <= 100; ++i) ASSERT_NE(admit_failing(table, i << 36 | i << 4), nullptr) << i;
  for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_NE(table.find(i << 36 | i << 4, 1), nullptr) << i;
  EXPECT_EQ(table.size(), 100U);
  EXPECT_EQ(table.forgotten(), 0U);
}

TEST(VictimTable, finds_all_of_many_after_it_has_grown) {
  VictimTable table(1 << 16, 86400);
  std::uint64_t name = 1;
  for (int i = 0; i < 30000; ++i) ASSERT_NE(admit_failing(table, name *= 6364136223846793005U), nullptr) << i;
  name = 1;
  for (int i = 0; i < 30000; ++i) ASSERT_NE(table.find(name *= 6364136223846793005U, 1), nullptr) << i;
  EXPECT_EQ(table.find(12345, 1), nullptr);
  EXPECT_EQ(table.find(name, 2), nullptr) << "another incident";
}

TEST(VictimTable, does_not_follow_names_that_were_chosen_to_collide) {
  VictimTable table(1 << 16, 86400);
  int remembered = 0;
  for (std::uint64_t i = 1; i <= 1000; ++i) remembered += admit_failing(table, i << 52 | i << 20) != nullptr;
  EXPECT_EQ(remembered, 16);
  EXPECT_NE(admit_failing(table, 0x0000000500000003), nullptr) << "nobody else suffers";
}

TEST(VictimTable, has_a_victim_whose_hash_is_0) {
  VictimTable table(16, 86400);
  ASSERT_NE(admit_failing(table, 0), nullptr);
  EXPECT_NE(table.find(0, 1), nullptr);
  table.erase(0, 1);
  EXPECT_EQ(table.find(0, 1), nullptr);
  EXPECT_EQ(table.size(), 0U);
}

TEST(VictimTable, shows_a_victim_all_its_incidents_once) {
  VictimTable table(1 << 16, 86400);
  constexpr std::uint64_t kTwoSets = 0x0000000700000002, kOneSet = 0x0000000500000005;
  for (const std::uint64_t victim : {kTwoSets, kOneSet}) {
    for (std::uint64_t incident = 1; incident <= 5; ++incident) admit_failing(table, victim, incident);
    std::uint64_t seen = 0;
    table.each(victim, [&](const VictimTable::Entry& entry) {
      seen = seen * 10 + 1;
      return entry.incident != 3;
    });
    EXPECT_EQ(seen, 11111U);
    EXPECT_EQ(table.find(victim, 3), nullptr);
    EXPECT_NE(table.find(victim, 4), nullptr);
  }
  EXPECT_EQ(table.size(), 8U);
}

}  // namespace
}  // namespace tlswatch::incident
