// Failures that turn out to have had another cause, or another victim.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "support.h"

namespace tlswatch::incident {
namespace {

TEST(Move, to_another_cause_leaves_an_empty_incident_that_names_its_heir) {
  IncidentTable table;
  const std::array times{kMidnight, kMidnight + kHour, kMidnight + kHour + kMinute};
  for (const std::uint64_t time : times) table.failure(kUntrusted, device("esp-1"), time);
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 3, times);
  EXPECT_EQ(moved.moved, 3U);
  EXPECT_EQ(lines(moved.due), (Lines{"opened no-shared-cipher", "resolved server-cert-untrusted"}));
  const Incident& target = *moved.target.incident;
  const Incident& source = *moved.due[1].incident;
  EXPECT_EQ(target.failures, 3U);
  EXPECT_EQ(target.devices, 1U);
  EXPECT_EQ(target.failing, 1U);
  EXPECT_EQ(target.first_seen_unix_ns, times[0]);
  EXPECT_EQ(target.last_seen_unix_ns, times[2]);
  ASSERT_EQ(target.hours.list().size(), 2U);
  EXPECT_EQ(target.hours.list()[0].failures, 1U);
  EXPECT_EQ(target.hours.list()[1].failures, 2U);
  EXPECT_EQ(moved.target.failures, 3U);
  EXPECT_EQ(source.failures, 0U);
  EXPECT_EQ(source.devices, 0U);
  EXPECT_EQ(source.failing, 0U);
  EXPECT_TRUE(source.hours.list().empty());
  EXPECT_EQ(source.merged_into, target.id);
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kDay)), Lines{"resolved no-shared-cipher"});
}

TEST(Move, of_one_victim_leaves_the_others) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight, 4);
  const Incident& source = *table.failure(kUntrusted, device("esp-2"), kMidnight, 5).incident;
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 4, {});
  EXPECT_EQ(lines(moved.due), Lines{"opened no-shared-cipher"});
  EXPECT_EQ(source.failures, 5U);
  EXPECT_EQ(source.devices, 1U);
  EXPECT_EQ(source.merged_into, "");
  EXPECT_EQ(moved.target.incident->failures, 4U);
  EXPECT_EQ(lines(table.success(device("esp-2"), kMidnight + kDay)), Lines{"resolved server-cert-untrusted"});
}

TEST(Move, of_some_failures_leaves_the_victim_in_both) {
  IncidentTable table;
  const Incident& source = *table.failure(kUntrusted, device("esp-1"), kMidnight, 5).incident;
  const std::array times{kMidnight};
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 2, times);
  EXPECT_EQ(source.failures, 3U);
  EXPECT_EQ(source.hours.list()[0].failures, 3U);
  EXPECT_EQ(moved.target.incident->failures, 2U);
  EXPECT_EQ(moved.target.incident->hours.list()[0].failures, 2U) << "the last time stands for the rest";
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kDay)).size(), 2U);
}

TEST(Move, to_another_victim_corrects_who_is_affected) {
  IncidentTable table;
  const Incident& incident = *table.failure(kUntrusted, place("10.0.0.7"), kMidnight, 2).incident;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  const Moved moved = table.move(kUntrusted, place("10.0.0.7"), kUntrusted, device("esp-1"), 2, {});
  EXPECT_EQ(lines(moved.due), Lines{});
  EXPECT_EQ(moved.target.failures, 3U);
  EXPECT_EQ(incident.devices, 1U);
  EXPECT_EQ(incident.failures, 3U);
  EXPECT_EQ(incident.merged_into, "");
  ASSERT_EQ(incident.hours.list().size(), 1U);
  EXPECT_EQ(incident.hours.list()[0].failures, 3U);
  EXPECT_EQ(lines(table.success(place("10.0.0.7"), kMidnight + kDay)), Lines{}) << "it is not in it any more";
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kDay)), Lines{"resolved server-cert-untrusted"});
}

TEST(Move, of_failures_that_are_over_opens_and_resolves_their_incident) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.success(device("esp-1"), kMidnight + kMinute);
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 1, {});
  EXPECT_EQ(lines(moved.due), (Lines{"opened no-shared-cipher", "resolved no-shared-cipher",
                                     "resolved server-cert-untrusted"}));
  EXPECT_FALSE(moved.target.incident->open);
  EXPECT_EQ(moved.due[2].incident->merged_into, moved.target.incident->id);
}

TEST(Move, of_failures_that_are_over_reopens_nothing) {
  IncidentTable table;
  for (const Signature& signature : {kUntrusted, kNoCipher})
    table.failure(signature, device("esp-1"), kMidnight);
  table.success(device("esp-1"), kMidnight + kMinute);
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 1, {});
  EXPECT_EQ(lines(moved.due), Lines{"resolved server-cert-untrusted"}) << "said again, now with its heir";
  EXPECT_EQ(moved.target.failures, 2U);
  EXPECT_EQ(moved.target.incident->reopened, 0U);
}

TEST(Move, into_a_resolved_incident_by_one_that_still_fails_reopens_it) {
  IncidentTable table;
  table.failure(kNoCipher, device("esp-2"), kMidnight);
  table.success(device("esp-2"), kMidnight + kMinute);
  table.failure(kUntrusted, device("esp-1"), kMidnight + kHour);
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 1, {});
  EXPECT_EQ(lines(moved.due), (Lines{"reopened no-shared-cipher", "resolved server-cert-untrusted"}));
}

TEST(Move, of_more_than_there_is_moves_what_there_is) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight, 3);
  const Moved moved = table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 12, {});
  EXPECT_EQ(moved.moved, 3U);
  EXPECT_EQ(moved.target.incident->failures, 3U);
}

TEST(Move, of_what_is_not_known_does_nothing) {
  IncidentTable table;
  EXPECT_EQ(table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 1, {}).target.incident,
            nullptr);
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  const Moved moved = table.move(kUntrusted, device("esp-2"), kNoCipher, device("esp-2"), 1, {});
  EXPECT_EQ(moved.moved, 0U);
  EXPECT_EQ(table.size(), 1U) << "and opens nothing";
  EXPECT_EQ(table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 0, {}).moved, 0U);
}

TEST(Move, out_of_an_incident_and_a_new_failure_reopens_it_on_its_own) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 1, {});
  const Counted again = table.failure(kUntrusted, device("esp-2"), kMidnight + kHour);
  EXPECT_EQ(again.step, Step::reopened);
  EXPECT_EQ(again.incident->merged_into, "");
  EXPECT_EQ(again.incident->failures, 1U);
  EXPECT_EQ(again.incident->devices, 1U);
}

TEST(Move, back_again_leaves_no_heir_behind) {
  IncidentTable table;
  const Incident& first = *table.failure(kUntrusted, device("esp-1"), kMidnight).incident;
  table.success(device("esp-1"), kMidnight + kMinute);
  table.move(kUntrusted, device("esp-1"), kNoCipher, device("esp-1"), 1, {});
  EXPECT_NE(first.merged_into, "");
  const Moved back = table.move(kNoCipher, device("esp-1"), kUntrusted, device("esp-1"), 1, {});
  EXPECT_EQ(lines(back.due), Lines{"resolved no-shared-cipher"});
  EXPECT_EQ(first.merged_into, "");
  EXPECT_EQ(first.failures, 1U);
  EXPECT_EQ(back.due[0].incident->merged_into, first.id);
}

TEST(Move, never_changes_the_sum) {
  const std::array signatures{kUntrusted, kNoCipher, Signature{"edge-1", "unknown", 8883, "", ""}};
  IncidentTable table({16, 64, 8});  // so small that most victims are of a crowd
  std::mt19937 random(11);
  std::uint64_t failed = 0;
  std::array<const Incident*, 3> incidents{};
  for (std::size_t i = 0; i < 3; ++i, ++failed) {
    incidents[i] = table.failure(signatures[i], device("esp-0"), kMidnight).incident;
  }
  for (std::uint64_t i = 0; i < 50000; ++i) {
    const std::string was = "esp-" + std::to_string(random() % 40),
                      is = "esp-" + std::to_string(random() % 40);
    const std::uint64_t now = kMidnight + i * kSecond, n = 1 + random() % 5;
    const Signature& from = signatures[random() % 3];
    const std::array times{now - kMinute, now};
    switch (random() % 4) {
      case 0: table.success(device(was), now); break;
      case 1: table.move(from, device(was), signatures[random() % 3], device(is), n, times); break;
      default: table.failure(from, device(was), now, n); failed += n;
    }
    std::uint64_t sum = 0;
    for (const Incident* incident : incidents) {
      sum += incident->failures;
      ASSERT_LE(incident->failing, incident->devices);
      ASSERT_LE(incident->devices, 40U) << "at least means not too many";
    }
    ASSERT_EQ(sum, failed) << "after step " << i;
  }
  EXPECT_GT(table.crowded(), 0U);
  EXPECT_GT(table.victims_forgotten(), 0U);
}

}  // namespace
}  // namespace tlswatch::incident
