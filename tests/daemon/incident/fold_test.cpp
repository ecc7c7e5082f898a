// What is counted and what is said of it; hours; the hash.
#include "daemon/core/incident/fold.h"

#include <gtest/gtest.h>

#include "daemon/core/incident/siphash.h"
#include "support.h"

namespace tlswatch::incident {
namespace {

struct SaidCase {
  const char* name;
  std::uint64_t before, next;
};
const SaidCase kSaid[] = {
    {"the_first", 0, 1},
    {"the_second", 1, 2},
    {"the_third", 2, 3},
    {"then_the_tenth", 3, 10},
    {"not_the_tenth_twice", 10, 100},
    {"the_hundredth", 99, 100},
    {"the_thousandth", 100, 1000},
    {"the_last_power_of_ten", 9999999999999999999U, 10000000000000000000U},
    {"none_after_it", 10000000000000000000U, UINT64_MAX},
};
class Said : public testing::TestWithParam<SaidCase> {};
TEST_P(Said, is_next) {
  EXPECT_EQ(next_said(GetParam().before), GetParam().next);
}
INSTANTIATE_TEST_SUITE_P(Incident, Said, testing::ValuesIn(kSaid),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Fold, says_eight_of_a_hundred_thousand_and_counts_all) {
  IncidentTable table;
  std::vector<std::uint64_t> said;
  Counted last;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    last = table.failure(kUntrusted, device("esp-1"), kMidnight + i * 10 * kNsPerSecond / 1000);
    ASSERT_EQ(last.failures, i + 1);
    if (last.say) said.push_back(last.failures);
  }
  EXPECT_EQ(said, (std::vector<std::uint64_t>{1, 2, 3, 10, 100, 1000, 10000, 100000}));
  EXPECT_EQ(last.incident->failures, 100000U);
  EXPECT_EQ(last.incident->devices, 1U);
}

TEST(Fold, says_one_an_hour_while_it_goes_on) {
  IncidentTable table;
  std::size_t said = 0;
  for (std::uint64_t minute = 0; minute < 99 * 60; ++minute) {
    said += table.failure(kUntrusted, device("esp-1"), kMidnight + minute * kMinute).say;
  }
  // Of 5940: 1st, 2nd, 3rd, 10th, then hourly from the 10th on; the 100th and 1000th shift the hour.
  EXPECT_GE(said, 99U);
  EXPECT_LE(said, 99U + 6U);
}

TEST(Fold, counts_each_victim_for_itself) {
  IncidentTable table;
  for (int i = 0; i < 5; ++i) table.failure(kUntrusted, device("esp-1"), kMidnight);
  const Counted other = table.failure(kUntrusted, device("esp-2"), kMidnight);
  EXPECT_TRUE(other.say);
  EXPECT_EQ(other.failures, 1U);
  EXPECT_EQ(other.incident->failures, 6U);
}

TEST(Fold, says_several_at_once_where_a_said_count_is_among_them) {
  Fold fold;
  EXPECT_TRUE(fold.add(7, 1000));
  EXPECT_FALSE(fold.add(2, 1000));
  EXPECT_TRUE(fold.add(2, 1000)) << "the tenth";
  EXPECT_EQ(fold.count, 11U);
}

TEST(Fold, is_not_silent_for_long_after_a_clock_was_set_back) {
  Fold fold;
  fold.add(5, 2'000'000'000);
  EXPECT_TRUE(fold.add(1, 1'700'000'000));
  EXPECT_FALSE(fold.add(1, 1'700'000'001));
}

TEST(Hours, are_counted_over_midnight_and_gaps) {
  HourCounts hours;
  hours.add(kMidnight - 1, 2);
  hours.add(kMidnight, 3);
  hours.add(kMidnight + kHour - 1, 4);
  hours.add(kMidnight + 30 * kHour, 5);
  const auto hour = [](std::uint64_t ns) { return static_cast<std::int64_t>(ns / kSecond); };
  EXPECT_EQ(hours.list(),
            (std::vector<HourCount>{
                {hour(kMidnight - kHour), 2}, {hour(kMidnight), 7}, {hour(kMidnight + 30 * kHour), 5}}));
  hours.add(kMidnight + 12 * kHour, 1);
  EXPECT_EQ(hours.list()[2], (HourCount{hour(kMidnight + 12 * kHour), 1})) << "a late one finds its place";
  hours.take(kMidnight + 5, 3);
  EXPECT_EQ(hours.list()[1].failures, 4U);
  hours.take(kMidnight + 5, 4);
  EXPECT_EQ(hours.list().size(), 3U) << "an hour without failures takes no place";
  hours.take(kMidnight + 5, 4);
  EXPECT_EQ(hours.list().size(), 3U);
}

TEST(Hours, keep_the_latest_of_those_that_had_failures) {
  HourCounts hours;
  for (std::uint64_t i = 0; i < 60; ++i) hours.add(kMidnight + i * 3 * kHour, i);
  ASSERT_EQ(hours.list().size(), HourCounts::kMax);
  EXPECT_EQ(hours.list().front().failures, 12U);
  EXPECT_EQ(hours.list().back().failures, 59U);
  hours.add(kMidnight, 1);
  EXPECT_EQ(hours.list().front().failures, 12U) << "one that is older than all of them is not kept";
  hours.add(kMidnight + 40 * kHour, 100);
  EXPECT_EQ(hours.list().size(), HourCounts::kMax);
  EXPECT_EQ(hours.list().front().failures, 13U);
  EXPECT_EQ(hours.list()[0].from_unix_s + 3600, hours.list()[1].from_unix_s);
  EXPECT_EQ(hours.list()[1].failures, 100U);
}

struct HashCase {
  const char* name;
  std::size_t words;
  std::uint64_t hash;
};
// The bytes 0, 1, 2 ... of that many words, as `openssl mac -macopt size:8 SipHash` has them.
const HashCase kHashes[] = {
    {"nothing", 0, 0x726FDB47DD0E0E31},
    {"one_word", 1, 0x93F5F5799A932462},
    {"two_words", 2, 0x3F2ACC7F57C29BDB},
    {"three_words", 3, 0xB8AD50C6F649AF94},
};
class Hashes : public testing::TestWithParam<HashCase> {};
TEST_P(Hashes, are_those_of_the_paper) {
  SipHash24 hash;
  for (std::uint64_t word = 0; word < GetParam().words; ++word) {
    hash.add(0x0706050403020100 + word * 0x0808080808080808);
  }
  EXPECT_EQ(hash.finish(), GetParam().hash);
}
INSTANTIATE_TEST_SUITE_P(Incident, Hashes, testing::ValuesIn(kHashes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Hashes, know_where_a_text_ends) {
  const auto of = [](std::string_view a, std::string_view b) { return SipHash24().add(a).add(b).finish(); };
  EXPECT_NE(of("ab", "c"), of("a", "bc"));
  EXPECT_NE(of("a", ""), of("", "a"));
  EXPECT_NE(of("a", ""), of(std::string_view("a\0", 2), ""));
  EXPECT_EQ(SipHash24().add(std::string_view("\0\1\2\3\4\5\6\7", 8)).finish(),
            SipHash24().add(8).add(0x0706050403020100).finish());
}

}  // namespace
}  // namespace tlswatch::incident
