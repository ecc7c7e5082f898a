// Tables that are full: what is kept, what is counted, and how much memory that takes.
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <new>

#include "daemon/core/incident/stranger.h"
#include "support.h"

namespace {
std::size_t live_bytes = 0;
}

// Every allocation of this program is counted: resident memory would have the sanitizers' and malloc's own in
// it.
void* operator new(std::size_t size) {
  void* const out = std::malloc(size);
  if (out == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(out);
  return out;
}
void operator delete(void* bytes) noexcept {
  live_bytes -= malloc_usable_size(bytes);
  std::free(bytes);
}
void operator delete(void* bytes, std::size_t) noexcept {
  operator delete(bytes);
}

namespace tlswatch::incident {
namespace {

TEST(Crowd, is_whoever_there_is_no_room_for) {
  IncidentTable table({16, 1024, 2});
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.failure(kUntrusted, device("esp-2"), kMidnight);
  const Counted third = table.failure(kUntrusted, device("esp-3"), kMidnight);
  EXPECT_TRUE(third.crowd);
  EXPECT_FALSE(third.exact);
  EXPECT_TRUE(third.say);
  EXPECT_EQ(third.incident->devices, 2U);
  EXPECT_TRUE(third.incident->devices_at_least);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-4"), kMidnight).failures, 2U) << "counted together";
  const Counted first = table.failure(kUntrusted, device("esp-1"), kMidnight);
  EXPECT_EQ(first.failures, 2U);
  EXPECT_TRUE(first.exact) << "those who are remembered do not suffer";
  EXPECT_EQ(first.incident->failures, 5U);
  EXPECT_EQ(table.crowded(), 2U);
}

TEST(Crowd, holds_the_incident_open_until_it_was_quiet_for_an_hour) {
  IncidentTable table({16, 1024, 1});
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.failure(kUntrusted, device("esp-2"), kMidnight + 30 * kMinute);
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kHour)), Lines{});
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + 90 * kMinute)),
            Lines{"resolved server-cert-untrusted"});
}

TEST(Crowd, gives_its_failures_back_when_a_report_names_one_of_them) {
  IncidentTable table({16, 1024, 1});
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  const Incident& incident = *table.failure(kUntrusted, device("esp-2"), kMidnight, 3).incident;
  EXPECT_EQ(table.move(kUntrusted, device("esp-2"), kNoCipher, device("esp-2"), 5, {}).moved, 3U);
  EXPECT_EQ(incident.failures, 1U);
}

TEST(Victims, that_are_well_make_room_and_keep_their_count_in_the_incident) {
  IncidentTable table({16, 16, 100});  // one set
  for (int i = 0; i < 16; ++i) table.failure(kUntrusted, device("esp-" + std::to_string(i)), kMidnight, 2);
  EXPECT_TRUE(table.failure(kUntrusted, device("new"), kMidnight + kMinute).crowd) << "all are failing";
  table.success(device("esp-3"), kMidnight + kMinute);
  const Counted counted = table.failure(kUntrusted, device("newer"), kMidnight + kMinute);
  EXPECT_FALSE(counted.crowd);
  EXPECT_FALSE(counted.exact) << "it may be one of those who were forgotten";
  EXPECT_EQ(counted.incident->devices, 16U) << "and then is counted already";
  EXPECT_EQ(counted.incident->failures, 34U);
  EXPECT_EQ(counted.incident->failing, 16U);
  EXPECT_EQ(table.victims_forgotten(), 1U);
  EXPECT_EQ(table.move(kUntrusted, device("esp-3"), kNoCipher, device("esp-3"), 2, {}).moved, 2U)
      << "its failures are still there to be moved";
}

TEST(Victims, that_never_come_back_make_room_after_the_quiet_time) {
  IncidentTable table({16, 16, 100});
  for (int i = 0; i < 16; ++i) table.failure(kUntrusted, device("esp-" + std::to_string(i)), kMidnight);
  const Counted late = table.failure(kNoCipher, device("new"), kMidnight + kQuiet_s * kSecond + kSecond);
  EXPECT_FALSE(late.crowd);
  EXPECT_EQ(table.victims(), 16U);
}

TEST(Victims, that_made_room_are_not_waited_for) {
  IncidentTable table({16, 16, 100});
  for (int i = 0; i < 16; ++i) table.failure(kUntrusted, device("esp-" + std::to_string(i)), kMidnight);
  for (std::uint64_t day = 1; day <= 31; ++day)
    table.failure(kUntrusted, device("esp-0"), kMidnight + day * kDay);
  const Counted late = table.failure(kUntrusted, device("new"), kMidnight + 31 * kDay);
  EXPECT_FALSE(late.crowd);
  EXPECT_EQ(late.incident->failing, 16U) << "one went, one came";
}

TEST(Victims, are_in_eight_incidents_at_a_time_at_most) {
  IncidentTable table;
  for (int i = 0; i < 100; ++i) {
    const std::string subject = std::to_string(i);
    const Counted counted = table.failure({"edge-1", "unknown", 1, "", subject}, device("esp-1"), kMidnight);
    EXPECT_EQ(counted.crowd, i >= 8);
    EXPECT_EQ(counted.incident->failures, 1U);
  }
  EXPECT_EQ(table.victims(), kMaxIncidentsPerVictim);
}

TEST(Incidents, without_a_failure_for_longest_are_forgotten_first_and_counted) {
  IncidentTable table({2, 1024, 100});
  const Signature third{"edge-1", "unknown", 8883, "", ""};
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.failure(kNoCipher, device("esp-1"), kMidnight);
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  table.failure(third, device("esp-1"), kMidnight);
  EXPECT_EQ(table.incidents_forgotten(), 1U);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.failure(kUntrusted, device("esp-1"), kMidnight).step, Step::none);
  const Counted again = table.failure(kNoCipher, device("esp-1"), kMidnight + 1);
  EXPECT_EQ(again.step, Step::opened);
  EXPECT_EQ(again.failures, 1U) << "nothing of the forgotten one is taken for its own";
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kHour)).size(), 2U);
}

TEST(Incidents, that_came_again_are_not_resolved_by_a_victim_of_the_forgotten_one) {
  IncidentTable table({2, 1024, 100});
  const Signature third{"edge-1", "unknown", 8883, "", ""};
  for (const Signature& signature : {kUntrusted, kNoCipher, third}) {
    table.failure(signature, device("esp-1"), kMidnight);
  }
  table.failure(kUntrusted, device("esp-2"), kMidnight + kMinute);
  for (const std::string& line : lines(table.success(device("esp-1"), kMidnight + kHour))) {
    EXPECT_NE(line, "resolved server-cert-untrusted");
  }
  EXPECT_EQ(lines(table.success(device("esp-2"), kMidnight + kHour)),
            Lines{"resolved server-cert-untrusted"});
}

TEST(Incidents, keep_the_beginning_of_a_long_text_and_tell_long_texts_apart) {
  IncidentTable table;
  const std::string one(100000, 'x'), other = one + "y";
  EXPECT_EQ(table.failure({one, "unknown", 1, one, one}, device("esp-1"), kMidnight).incident->subject.size(),
            kMaxText);
  EXPECT_EQ(table.failure({one, "unknown", 1, one, other}, device("esp-1"), kMidnight).step, Step::opened);
}

TEST(Flood, of_ten_million_addresses_takes_no_more_memory_than_its_first_two) {
  IncidentTable table;
  table.failure(kUntrusted, device("esp-1"), kMidnight);
  std::uint64_t said = 0;
  std::size_t early = 0;
  std::array<char, 16> key{};
  // Eighteen incidents, so that both limits are met: that of one incident and that of all.
  std::array<std::string, 18> subjects;
  for (std::size_t i = 0; i < subjects.size(); ++i) subjects[i] = std::to_string(i);
  for (std::uint64_t i = 0; i < 10'000'000; ++i) {
    const auto end = std::to_chars(key.data(), key.data() + key.size(), i).ptr;
    const Victim who = place({key.data(), static_cast<std::size_t>(end - key.data())});
    const std::string& subject = subjects[i % subjects.size()];
    said += table.failure({"edge-1", "handshake-timeout", 8883, "", subject}, who, kMidnight + i * 1000).say;
    if (i == 2'000'000) early = live_bytes;
  }
  EXPECT_LE(live_bytes, early + 4096);
  EXPECT_LE(table.victims(), kMaxVictims);
  EXPECT_GT(table.victims(), kMaxVictims * 9 / 10);
  EXPECT_EQ(table.crowded(), 10'000'001 - table.victims());
  EXPECT_LE(said, table.victims() + 18 * 10) << "a crowd is said as one victim is";
  const Counted device_again = table.failure(kUntrusted, device("esp-1"), kMidnight + kMinute);
  EXPECT_EQ(device_again.failures, 2U);
  EXPECT_TRUE(device_again.exact) << "the fleet's own device is still known";
  EXPECT_EQ(lines(table.success(device("esp-1"), kMidnight + kHour)),
            Lines{"resolved server-cert-untrusted"});
}

TEST(Flood, of_signatures_takes_no_more_memory_than_its_first) {
  IncidentTable table;
  std::size_t early = 0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const std::string subject = std::to_string(i);
    table.failure({"edge-1", "client-cert-untrusted", 8883, "", subject}, place("10.0.0.7"), kMidnight);
    if (i == 50'000) early = live_bytes;
  }
  EXPECT_EQ(table.size(), kMaxIncidents);
  EXPECT_EQ(table.incidents_forgotten(), 200'000 - kMaxIncidents);
  EXPECT_LE(live_bytes, early + 4096);
}

}  // namespace
}  // namespace tlswatch::incident
