// What take_changes() gave brings the table back, with every count.
#include <gtest/gtest.h>

#include "daemon/core/incident/incident_table.h"

namespace tlswatch::incident {
namespace {

constexpr std::uint64_t kStart = 1795366544 * kNsPerSecond;
const Signature kCipher{"edge-1", "no-shared-cipher", 8883, "tasmota", "ab"};
const Victim kLamp{Victim::Kind::device, "edge-1", "lamp"};
const Victim kPlug{Victim::Kind::device, "edge-1", "plug"};
const Victim kNobody{Victim::Kind::place, "edge-1", "10.0.0.9/t12"};

std::uint64_t at(std::uint64_t s) {
  return kStart + s * kNsPerSecond;
}

/// A table that has told all its changes to another one, as a store does over a start.
class Restored : public testing::Test {
 protected:
  Restored() { before.keep_changes(); }
  void start() {
    const Changes changes = before.take_changes();
    for (const State& state : changes.incidents) after.restore(state);
    for (const VictimState& victim : changes.victims) {
      for (const State& state : changes.incidents) {
        if (state.id == victim.incident && !victim.gone) after.restore(state, victim.victim, victim.entry);
      }
    }
  }
  IncidentTable before, after;
};

TEST_F(Restored, goes_on_counting_under_its_id) {
  for (std::uint64_t i = 0; i < 5; ++i) before.failure(kCipher, kLamp, at(i));
  const std::string id = before.failure(kCipher, kPlug, at(6)).incident->id;
  start();
  const Counted counted = after.failure(kCipher, kLamp, at(10));
  EXPECT_EQ(counted.incident->id, id);
  EXPECT_EQ(counted.step, Step::none) << "its opening was told";
  EXPECT_EQ(counted.failures, 6U);
  EXPECT_FALSE(counted.say) << "the 6th is folded";
  EXPECT_EQ(counted.incident->failures, 7U);
  EXPECT_EQ(counted.incident->devices, 2U);
  EXPECT_EQ(counted.incident->failing, 2U);
}

TEST_F(Restored, is_over_when_all_who_failed_before_are_well) {
  before.failure(kCipher, kLamp, at(0));
  before.failure(kCipher, kPlug, at(1));
  before.failure(kCipher, kNobody, at(2));
  before.success(kNobody, at(3));
  start();
  EXPECT_TRUE(after.success(kLamp, at(10)).empty());
  const std::vector<Due> due = after.success(kPlug, at(11));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].step, Step::resolved);
  EXPECT_EQ(due[0].incident->failures, 3U);
  EXPECT_EQ(due[0].incident->resolved_unix_ns, at(11));
}

TEST_F(Restored, one_that_was_over_comes_back_under_its_id) {
  const std::string id = before.failure(kCipher, kLamp, at(0)).incident->id;
  before.success(kLamp, at(1));
  start();
  const Counted counted = after.failure(kCipher, kLamp, at(10));
  EXPECT_EQ(counted.incident->id, id);
  EXPECT_EQ(counted.step, Step::reopened);
  EXPECT_EQ(counted.incident->reopened, 1U);
}

TEST_F(Restored, a_report_moves_failures_from_before_the_start) {
  before.failure(kCipher, kLamp, at(0));
  before.failure(kCipher, kLamp, at(1));
  start();
  Signature right = kCipher;
  right.cause = "server-cert-untrusted";
  const std::uint64_t times[] = {at(0), at(1)};
  const Moved moved = after.move(kCipher, kLamp, right, kPlug, 2, times);
  EXPECT_EQ(moved.moved, 2U);
  EXPECT_EQ(moved.target.incident->failures, 2U);
}

TEST_F(Restored, whom_there_is_no_room_for_is_of_the_crowd) {
  IncidentTable small({8, 16, 2});
  before.failure(kCipher, kLamp, at(0), 3);
  before.failure(kCipher, kPlug, at(1), 4);
  before.failure(kCipher, kNobody, at(2), 5);
  const Changes changes = before.take_changes();
  small.restore(changes.incidents.front());
  for (const VictimState& victim : changes.victims)
    small.restore(changes.incidents.front(), victim.victim, victim.entry);
  const Counted counted = small.failure(kCipher, kLamp, at(10));
  EXPECT_EQ(counted.incident->failures, 13U) << "failures are exact, always";
  EXPECT_TRUE(counted.incident->devices_at_least);
}

TEST(Changes, tell_each_once_and_who_has_gone) {
  IncidentTable table;
  table.keep_changes();
  table.failure(kCipher, kLamp, at(0));
  table.take_changes();
  EXPECT_TRUE(table.take_changes().incidents.empty());
  Signature right = kCipher;
  right.cause = "server-cert-untrusted";
  const std::uint64_t times[] = {at(0)};
  table.move(kCipher, kLamp, right, kLamp, 1, times);
  const Changes changes = table.take_changes();
  EXPECT_EQ(changes.incidents.size(), 2U);
  ASSERT_EQ(changes.victims.size(), 2U);
  EXPECT_NE(changes.victims[0].gone, changes.victims[1].gone);
}

}  // namespace
}  // namespace tlswatch::incident
