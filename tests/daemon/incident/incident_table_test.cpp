// An incident's life: opened, counted, resolved, reopened, forgotten.
#include "daemon/core/incident/incident_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "support.h"

namespace tlswatch::incident {
namespace {

TEST(IncidentTable, opens_with_the_first_failure_of_a_signature) {
  IncidentTable table;
  const Counted first = table.failure(kUntrusted, device("esp-1"), kMidnight);
  EXPECT_EQ(first.step, Step::opened);
  EXPECT_TRUE(first.say);
  EXPECT_EQ(first.failures, 1U);
  const Incident& incident = *first.incident;
  EXPECT_TRUE(incident.open);
  EXPECT_EQ(incident.broker, "edge-1");
  EXPECT_EQ(incident.cause, "server-cert-untrusted");
  EXPECT_EQ(incident.port, 8883U);
  EXPECT_EQ(incident.profile, "tasmota-esp8266");
  EXPECT_EQ(incident.subject, "bearssl 62");
  EXPECT_EQ(incident.devices, 1U);
  EXPECT_EQ(incident.failures, 1U);
  EXPECT_EQ(incident.first_seen_unix_ns, kMidnight);

  EXPECT_EQ(table.failure(kUntrusted, device("esp-2"), kMidnight + kSecond).step, Step::none);
  EXPECT_EQ(incident.devices, 2U);
  EXPECT_EQ(incident.last_seen_unix_ns, kMidnight + kSecond);
  EXPECT_FALSE(incident.devices_at_least);
}

struct OtherCase {
  const char* name;
  Signature signature;
};
const OtherCase kOthers[] = {
    {"another_broker", {"edge-2", "server-cert-untrusted", 8883, "tasmota-esp8266", "bearssl 62"}},
    {"another_cause", {"edge-1", "server-cert-expired", 8883, "tasmota-esp8266", "bearssl 62"}},
    {"another_listener", {"edge-1", "server-cert-untrusted", 8884, "tasmota-esp8266", "bearssl 62"}},
    {"another_profile", {"edge-1", "server-cert-untrusted", 8883, "tasmota-esp32", "bearssl 62"}},
    {"another_code", {"edge-1", "server-cert-untrusted", 8883, "tasmota-esp8266", "bearssl 54"}},
    {"no_code", {"edge-1", "server-cert-untrusted", 8883, "tasmota-esp8266", ""}},
    {"the_same_text_cut_elsewhere",
     {"edge-1", "server-cert-untrusted", 8883, "tasmota-esp8266b", "earssl 62"}},
};
class OtherSignatures : public testing::TestWithParam<OtherCase> {};
TEST_P(OtherSignatures, are_incidents_of_their_own) {
  IncidentTable table;
  const std::string one = table.failure(kUntrusted, device("esp-1"), kMidnight).incident->id;
  const Counted other = table.failure(GetParam().signature, device("esp-1"), kMidnight);
  EXPECT_EQ(other.step, Step::opened);
  EXPECT_EQ(other.failures, 1U);
  EXPECT_NE(other.incident->id, one);
  EXPECT_EQ(table.size(), 2U);
}
INSTANTIATE_TEST_SUITE_P(Incident, OtherSignatures, testing::ValuesIn(kOthers),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(IncidentIds, are_the_same_on_replay_and_others_at_another_time) {
  const auto id_at = [](std::uint64_t time) {
    return IncidentTable().failure(kUntrusted, device("esp-1"), time).incident->id;
  };
  EXPECT_EQ(id_at(kMidnight), "edge-1:i16ccc92f07de5621") << "whatever the machine and the build";
  EXPECT_EQ(id_at(kMidnight), id_at(kMidnight));
  EXPECT_NE(id_at(kMidnight), id_at(kMidnight + 1));
}

TEST(Victims, with_the_same_text_are_a_device_a_place_and_those_of_another_broker) {
  IncidentTable table;
  table.failure(kUntrusted, device("10.0.0.7"), kMidnight);
  table.failure(kUntrusted, place("10.0.0.7"), kMidnight);
  const Victim elsewhere{Victim::Kind::device, "edge-2", "10.0.0.7"};
  EXPECT_EQ(table.failure(kUntrusted, elsewhere, kMidnight).incident->devices, 3U);
}

TEST(IncidentTable, is_resolved_by_the_success_of_its_last_victim_only) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.failure(kUntrusted, device("esp-2"), kMidnight);
  const Incident& incident = *table.failure(kUntrusted, device("esp-1"), kMidnight + kMinute).incident;
  EXPECT_EQ(lines(table.success(device("esp-9"), kMidnight + kHour)), Lines{}) << "it never failed";
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kHour)), Lines{});
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kHour)), Lines{}) << "twice is not two devices";
  EXPECT_TRUE(incident.open);
  EXPECT_EQ(incident.failing, 1U);
  EXPECT_EQ(lines(table.success(device("esp-2"), kMidnight + kHour)),
            Lines{"resolved server-cert-untrusted"});
  EXPECT_FALSE(incident.open);
  EXPECT_EQ(incident.devices, 2U) << "that were affected";
  EXPECT_EQ(lines(table.success(device("esp-2"), kMidnight + kHour)), Lines{}) << "said once";
}

TEST(IncidentTable, a_success_ends_all_incidents_of_its_victim) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.failure(kNoCipher, device("esp-1"), kMidnight + kMinute);
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kHour)),
            (Lines{"resolved server-cert-untrusted", "resolved no-shared-cipher"}));
}

TEST(IncidentTable, a_success_before_the_last_failure_says_nothing) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight + kMinute);
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight)), Lines{});
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kMinute)),
            Lines{"resolved server-cert-untrusted"});
}

TEST(IncidentTable, a_regression_reopens_it_under_its_id) {
  IncidentTable table;
  const std::string id = table.failure(kUntrusted, device("esp-1"), kMidnight).incident->id;
  table.success(device("esp-1"), kMidnight + kHour);
  const Counted again = table.failure(kUntrusted, device("esp-1"), kMidnight + 6 * kDay);
  EXPECT_EQ(again.step, Step::reopened);
  EXPECT_TRUE(again.say);
  EXPECT_EQ(again.failures, 2U);
  EXPECT_EQ(again.incident->id, id);
  EXPECT_EQ(again.incident->reopened, 1U);
  EXPECT_EQ(again.incident->devices, 1U);
  EXPECT_EQ(again.incident->first_seen_unix_ns, kMidnight);
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + 7 * kDay)),
            Lines{"resolved server-cert-untrusted"});
}

TEST(IncidentTable, another_victim_reopens_it_too) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.success(device("esp-1"), kMidnight + kHour);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-2"), kMidnight + kDay).step, Step::reopened);
}

TEST(IncidentTable, after_the_quiet_time_a_failure_is_another_incident) {
  IncidentTable table;
  const std::uint64_t quiet = kQuiet_s * kSecond;
  const std::string id = table.failure(kUntrusted, device("esp-1"), kMidnight).incident->id;
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), kMidnight + quiet).incident->id, id);
  const Counted late = table.failure(kUntrusted, device("esp-1"), kMidnight + 2 * quiet + 1);
  EXPECT_EQ(late.step, Step::opened);
  EXPECT_NE(late.incident->id, id);
  EXPECT_EQ(late.failures, 1U);
  EXPECT_EQ(late.incident->failures, 1U);
  EXPECT_EQ(late.incident->devices, 1U);
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + 3 * quiet)),
            Lines{"resolved server-cert-untrusted"});
}

TEST(IncidentTable, a_flapping_device_is_counted_exactly_and_told_rarely) {
  IncidentTable table;
  const Incident* incident = nullptr;
  std::size_t opened = 0, reopened = 0, resolved = 0;
  for (std::uint64_t i = 0; i < 8640; ++i) {  // every 10 seconds for a day
    const std::uint64_t now = kMidnight + i * 10 * kSecond;
    const Counted counted = table.failure(kUntrusted, device("esp-1"), now);
    incident = counted.incident;
    opened += counted.step == Step::opened;
    reopened += counted.step == Step::reopened;
    resolved += table.success(device("esp-1"), now + kSecond).size();
  }
  EXPECT_EQ(incident->failures, 8640U);
  EXPECT_EQ(incident->reopened, 8639U);
  EXPECT_EQ(opened, 1U);
  EXPECT_EQ(reopened, 29U) << "1st, 2nd, 3rd, 10th, 100th, 1000th, and one an hour";
  EXPECT_EQ(resolved, opened + reopened) << "whatever the log has as open, it has as resolved";
}

TEST(IncidentTable, a_regression_that_was_not_told_is_told_within_the_hour) {
  IncidentTable table;
  std::uint64_t now = kMidnight;
  for (int flap = 0; flap < 5; ++flap, now += 2 * kSecond) {
    table.failure(kUntrusted, device("esp-1"), now);
    table.success(device("esp-1"), now + kSecond);
  }
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), now).step, Step::none);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), now + 50 * kMinute).step, Step::none);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), now + kHour).step, Step::reopened);
}

TEST(IncidentTable, an_hour_without_a_line_begins_with_the_last_one_whatever_it_was) {
  IncidentTable table;
  std::uint64_t now = kMidnight;
  for (int flap = 0; flap < 4; ++flap, now += 2 * kSecond) {
    table.failure(kUntrusted, device("esp-1"), now);
    table.success(device("esp-1"), now + kSecond);
  }
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), now + 2 * kHour).step, Step::reopened);
  EXPECT_EQ(table.success(device("esp-1"), now + 4 * kHour).size(), 1U);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), now + 4 * kHour + kMinute).step, Step::none);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), now + 5 * kHour).step, Step::reopened);
}

/// What a table must say, kept without any bound.
struct Model {
  struct Group {
    std::map<std::string, std::uint64_t> counts;
    std::set<std::string> failing;
    std::uint64_t failures = 0, reopened = 0;
  };
  std::map<std::string, Group> groups;
};

TEST(IncidentTable, says_what_an_unbounded_one_would) {
  const std::string subjects[] = {"a", "b", "c", "d", "e"};
  IncidentTable table;
  Model model;
  std::mt19937 random(7);
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const std::uint64_t now = kMidnight + i * kSecond;
    // Few devices in one half and many in the other, so that incidents are resolved, and grow.
    const std::string who = "esp-" + std::to_string(random() % (i < 100000 ? 4 : 3000));
    if (random() % 3 == 0) {
      std::size_t resolved = 0;
      for (auto& [subject, group] : model.groups) {
        resolved += group.failing.erase(who) == 1 && group.failing.empty();
      }
      ASSERT_LE(table.success(device(who), now).size(), resolved);
      continue;
    }
    const std::string& subject = subjects[random() % 5];
    const std::uint64_t n = 1 + random() % 4;
    Model::Group& group = model.groups[subject];
    if (group.failing.empty() && group.failures > 0) ++group.reopened;
    group.failures += n;
    group.failing.insert(who);
    const Counted counted = table.failure({"edge-1", "unknown", 8883, "", subject}, device(who), now, n);
    ASSERT_EQ(counted.failures, group.counts[who] += n);
    ASSERT_TRUE(counted.exact);
    ASSERT_EQ(counted.incident->failures, group.failures);
    ASSERT_EQ(counted.incident->devices, group.counts.size());
    ASSERT_EQ(counted.incident->failing, group.failing.size());
    ASSERT_EQ(counted.incident->reopened, group.reopened);
    std::uint64_t by_hour = 0;
    for (const HourCount& hour : counted.incident->hours.list()) by_hour += hour.failures;
    if (i < 47 * 3600) {
      ASSERT_EQ(by_hour, group.failures);
    }
  }
  EXPECT_EQ(table.victims_forgotten(), 0U);
  EXPECT_EQ(table.crowded(), 0U);
}

}  // namespace
}  // namespace tlswatch::incident
