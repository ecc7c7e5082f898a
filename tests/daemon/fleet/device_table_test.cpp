// Devices by name and by place: who lives where, who is forgotten first.
#include "daemon/core/fleet/device_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tlswatch::fleet {
namespace {

Place at(int last, std::uint32_t broker = 0) {
  Place out{broker, {}, 4};
  out.address[3] = static_cast<std::uint8_t>(last);
  out.address[2] = static_cast<std::uint8_t>(last >> 8);
  return out;
}

std::vector<std::string> names_at(DeviceTable& table, const Place& place) {
  std::vector<std::string> out;
  table.each_at(place, [&](const Device& d) { out.push_back(d.id); });
  return out;
}

using Names = std::vector<std::string>;

TEST(DeviceTable, knows_a_device_by_broker_and_name) {
  DeviceTable table;
  Device* const here = table.open(0, "lamp");
  Device* const there = table.open(1, "lamp");
  EXPECT_NE(here, there);
  EXPECT_EQ(table.find(0, "lamp"), here);
  EXPECT_EQ(table.find(2, "lamp"), nullptr);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.size_at(1), 1U);
}

TEST(DeviceTable, takes_no_empty_name_and_none_that_is_too_long) {
  DeviceTable table;
  EXPECT_EQ(table.open(0, ""), nullptr);
  EXPECT_EQ(table.open(0, std::string(kMaxDeviceId + 1, 'x')), nullptr);
  EXPECT_NE(table.open(0, std::string(kMaxDeviceId, 'x')), nullptr);
}

TEST(DeviceTable, lists_who_lives_at_a_place_the_one_met_last_first) {
  DeviceTable table;
  for (const char* const id : {"a", "b", "c"}) table.move(*table.open(0, id), at(1));
  EXPECT_EQ(names_at(table, at(1)), (Names{"c", "b", "a"}));
  table.move(*table.find(0, "a"), at(1));
  EXPECT_EQ(names_at(table, at(1)), (Names{"a", "c", "b"}));
  table.move(*table.find(0, "c"), at(2));
  EXPECT_EQ(names_at(table, at(1)), (Names{"a", "b"}));
  EXPECT_EQ(names_at(table, at(2)), (Names{"c"}));
  EXPECT_TRUE(names_at(table, at(1, 1)).empty()) << "the same address at another broker is another place";
}

TEST(DeviceTable, forgets_the_one_met_longest_ago_and_its_place) {
  DeviceTable table(3);
  for (const char* const id : {"a", "b", "c"}) table.move(*table.open(0, id), at(1));
  table.open(0, "a");  // met again
  table.open(0, "d");
  EXPECT_EQ(table.find(0, "b"), nullptr);
  EXPECT_EQ(table.forgotten(), 1U);
  EXPECT_EQ(names_at(table, at(1)), (Names{"c", "a"}));
}

TEST(DeviceTable, stays_whole_under_a_flood_of_names_and_moves) {
  DeviceTable table(100);
  for (int i = 0; i < 20'000; ++i) {
    Device* const device = table.open(0, "id-" + std::to_string(i * 7919 % 251));
    table.move(*device, at(i * 31 % 17));
    if (i % 97 == 0) table.move(*device, Place{});
  }
  EXPECT_EQ(table.size(), 100U);
  std::size_t placed = 0;
  for (int i = 0; i < 17; ++i) {
    for (const std::string& name : names_at(table, at(i))) {
      ++placed;
      ASSERT_NE(table.find(0, name), nullptr);
      EXPECT_EQ(table.find(0, name)->place, at(i));
    }
  }
  EXPECT_GT(placed, 90U);
  EXPECT_LE(placed, 100U);
}

TEST(DeviceTable, looks_at_a_bounded_part_of_a_crowd) {
  DeviceTable table;
  for (std::size_t i = 0; i < kMaxCrowd + 10; ++i) table.move(*table.open(0, std::to_string(i)), at(1));
  EXPECT_EQ(names_at(table, at(1)).size(), kMaxCrowd);
}

TEST(DeviceTable, ends_all_sessions_of_one_broker_only) {
  DeviceTable table;
  for (const std::uint32_t broker : {0U, 1U}) table.open(broker, "a")->open_sessions = 1;
  table.all_gone(0, 77);
  EXPECT_EQ(table.find(0, "a")->open_sessions, 0U);
  EXPECT_EQ(table.find(0, "a")->gone_ns, 77U);
  EXPECT_EQ(table.find(1, "a")->open_sessions, 1U);
}

TEST(DeviceTable, a_device_that_is_brought_back_is_as_it_was_and_where_it_was) {
  DeviceTable before, after;
  Device* const lamp = before.open(0, "lamp");
  before.move(*lamp, at(7));
  lamp->hello = 11;
  lamp->open_sessions = 1;
  lamp->connected_ns = 5;
  lamp->told[0] = {7, 3, 2};
  after.restore(*lamp);
  const Device* const back = after.find(0, "lamp");
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(names_at(after, at(7)), Names{"lamp"});
  EXPECT_TRUE(back->uses(11));
  EXPECT_EQ(back->open_sessions, 1U);
  EXPECT_EQ(back->connected_ns, 5U);
  EXPECT_EQ(back->told[0].seq, 3U);
  after.restore(*lamp);
  EXPECT_EQ(after.size(), 1U) << "once";
}

}  // namespace
}  // namespace tlswatch::fleet
