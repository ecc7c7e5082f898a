// Which failures is a report about? A house with two devices of one firmware, and what each counts.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/core/fleet/fleet.h"

namespace tlswatch::fleet {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr HelloId kFirmware = 11, kOther = 13;

Place house(int number) {
  Place out{0, {}, 4};
  out.address[0] = static_cast<std::uint8_t>(number);
  return out;
}

/// Row: a failure in the story: when (s), from which house, with which hello; `theirs`: known to be
/// another's.
struct Seen {
  int at_s;
  int house = 1;
  HelloId hello = kFirmware;
  bool fits = true;
  bool theirs = false;
};

struct MatchCase {
  const char* name;
  std::vector<Seen> seen;
  int count;
  int last_s;  // when the device's last failure was, by its own count of seconds; -1: it does not know
  bool moved = false;              // it comes back from another house
  std::vector<int> expected = {};  // times of the failures that are its own
  int lost_s = -1;                 // events were lost up to then
};

// The device was connected at 10 and comes back at 1000.
const MatchCase kMatches[] = {
    {"one_failure_is_its_own", {{100}}, 1, 100, false, {100}},
    {"a_second_of_rounding_does_not_matter", {{100}}, 1, 101, false, {100}},
    {"nothing_that_fits_is_nothing", {{100, 1, kFirmware, false}}, 1, 100, false, {}},
    {"another_moment_is_nothing", {{100}}, 1, 200, false, {}},
    {"a_row_as_long_as_it_counted_is_its_own", {{100}, {110}, {120}}, 3, 120, false, {100, 110, 120}},
    {"a_row_with_a_neighbour_s_in_it_is_nobody_s", {{100}, {105}, {110}, {120}}, 3, 120, false, {}},
    {"tries_that_overlap_are_not_one_device_s", {{100}, {100}}, 2, 100, false, {}},
    {"two_at_the_same_moment_are_nobody_s", {{100}, {101}}, 1, 100, false, {}},
    {"two_at_about_the_same_moment_that_it_counted_both", {{100}, {103}}, 2, 103, false, {100, 103}},
    {"another_firmware_s_at_the_same_moment_does_not_matter",
     {{100}, {101, 1, kOther}},
     1,
     100,
     false,
     {100}},
    {"another_house_s_at_the_same_moment_does_not_matter", {{100}, {101, 2}}, 1, 100, false, {100}},
    {"who_has_moved_may_be_either", {{100}, {101, 2}}, 1, 100, true, {}},
    {"who_has_moved_and_there_is_one_in_the_old_house", {{100, 1}}, 1, 100, true, {100}},
    {"another_hello_may_be_its_twin_s", {{100, 1, kOther}}, 1, 100, false, {}},
    {"a_row_by_another_hello_is_its_own", {{100, 1, kOther}, {110, 1, kOther}}, 2, 110, false, {100, 110}},
    {"another_s_by_its_own_word", {{100, 1, kFirmware, true, true}}, 1, 100, false, {}},
    {"without_a_time_a_row_that_it_counted", {{100}, {200}}, 2, -1, false, {100, 200}},
    {"without_a_time_a_row_longer_than_it_counted", {{100}, {200}, {300}}, 2, -1, false, {}},
    {"before_it_was_connected_last", {{5}}, 1, 5, false, {}},
    {"events_were_lost", {{100}}, 1, 100, false, {}, 90},
    {"events_were_lost_long_before_and_a_twin_lives_there", {{500}}, 1, 500, false, {}, 90},
};
class Matches : public testing::TestWithParam<MatchCase> {};

TEST_P(Matches, name_only_what_cannot_be_another_s) {
  const MatchCase& c = GetParam();
  Fleet fleet;
  fleet.connected("lamp", {house(1), kFirmware, 10 * kSecond});
  fleet.connected("twin", {house(1), kFirmware, 11 * kSecond});
  fleet.disconnected(0, "lamp", 20 * kSecond);
  if (c.lost_s >= 0) fleet.lost(0, static_cast<std::uint64_t>(c.lost_s) * kSecond);
  std::vector<bool> fits{true};  // by number, from 1
  for (const Seen& seen : c.seen) {
    Failure failure;
    failure.place = house(seen.house);
    failure.hello = seen.hello;
    failure.from_ns = failure.to_ns = static_cast<std::uint64_t>(seen.at_s) * kSecond;
    failure.from_ns -= kSecond / 5;
    failure.session.number = static_cast<std::uint64_t>(seen.at_s);
    failure.standing = seen.theirs ? Standing::own : Standing::open;
    if (seen.theirs) failure.thought = "twin";
    if (!seen.fits) failure.counted.port = 1;
    fleet.failed(std::move(failure));
  }
  fleet.connected("lamp", {house(c.moved ? 3 : 1), kFirmware, 1000 * kSecond});
  Device& lamp = *fleet.devices().find(0, "lamp");
  ReportedRow row;
  row.count = static_cast<std::uint32_t>(c.count);
  row.sharp = c.last_s >= 0;
  row.last_from_ns = row.sharp ? static_cast<std::uint64_t>(c.last_s - 3) * kSecond : 0;
  row.last_to_ns = row.sharp ? static_cast<std::uint64_t>(c.last_s + 3) * kSecond : 1000 * kSecond;
  row.fits = [](const Failure& f) { return f.counted.port == 0; };
  const Match match = fleet.match(lamp, {row}).front();
  std::vector<int> got;
  for (const std::uint64_t number : match.failures)
    got.push_back(static_cast<int>(fleet.ledger().find(number)->session.number));
  EXPECT_EQ(got, c.expected);
}
INSTANTIATE_TEST_SUITE_P(Fleet, Matches, testing::ValuesIn(kMatches),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Fleet, a_failure_is_claimed_once) {
  Fleet fleet;
  fleet.connected("lamp", {house(1), kFirmware, 10 * kSecond});
  Failure failure;
  failure.place = house(1);
  failure.hello = kFirmware;
  failure.from_ns = failure.to_ns = 100 * kSecond;
  const std::uint64_t number = fleet.failed(failure);
  fleet.connected("lamp", {house(1), kFirmware, 200 * kSecond});
  Device& lamp = *fleet.devices().find(0, "lamp");
  ReportedRow row;
  row.last_from_ns = 98 * kSecond;
  row.last_to_ns = 102 * kSecond;
  row.sharp = true;
  row.fits = [](const Failure&) { return true; };
  const Match first = fleet.match(lamp, {row}).front();
  ASSERT_EQ(first.failures, std::vector<std::uint64_t>{number});
  fleet.settle(lamp, first);
  EXPECT_TRUE(fleet.match(lamp, {row}).front().failures.empty());
}

// A device's reports hold so many rows, and go on in another report.
TEST(Fleet, a_second_report_is_about_what_the_first_one_left) {
  Fleet fleet;
  fleet.connected("lamp", {house(1), kFirmware, 10 * kSecond});
  for (const std::uint64_t at : {100U, 101U}) {
    Failure failure;
    failure.place = house(1);
    failure.hello = kFirmware;
    failure.from_ns = failure.to_ns = at * kSecond;
    fleet.failed(failure);
  }
  fleet.connected("lamp", {house(1), kFirmware, 200 * kSecond});
  Device& lamp = *fleet.devices().find(0, "lamp");
  ReportedRow timeless;
  timeless.last_to_ns = 200 * kSecond;
  timeless.fits = [](const Failure&) { return true; };
  ReportedRow timed = timeless;
  timed.last_from_ns = 98 * kSecond;
  timed.last_to_ns = 104 * kSecond;
  timed.sharp = true;
  EXPECT_TRUE(fleet.match(lamp, {timeless}).front().failures.empty()) << "it may be either";
  EXPECT_EQ(fleet.match(lamp, {timed}).front().failures, std::vector<std::uint64_t>{2}) << "the later one";
}

TEST(Fleet, a_session_that_ended_badly_is_what_its_device_reports) {
  Fleet fleet;
  fleet.connected("lamp", {house(1), kFirmware, 10 * kSecond});
  Failure failure;
  failure.place = house(1);
  failure.hello = kFirmware;
  failure.from_ns = 9 * kSecond;  // the handshake of that very session
  failure.to_ns = 11 * kSecond;
  failure.standing = Standing::own;
  failure.thought = "lamp";
  const std::uint64_t number = fleet.failed(failure);
  fleet.connected("lamp", {house(1), kFirmware, 20 * kSecond});
  ReportedRow row;
  row.last_from_ns = 8 * kSecond;
  row.last_to_ns = 14 * kSecond;
  row.sharp = true;
  row.fits = [](const Failure&) { return true; };
  Device& lamp = *fleet.devices().find(0, "lamp");
  EXPECT_EQ(fleet.match(lamp, {row}).front().failures, std::vector<std::uint64_t>{number});
}

struct UnseenCase {
  const char* name;
  int known_since_s;
  bool sharp;
  bool a_failure_fits;
  bool lost;
  bool unseen;
};
const UnseenCase kUnseen[] = {
    {"where_all_is_known_and_nothing_fits", 50, true, false, false, true},
    {"not_where_a_failure_fits", 50, true, true, false, false},
    {"not_where_the_time_is_not_sharp", 50, false, false, false, false},
    {"not_before_the_first_record", 101, true, false, false, false},
    {"not_where_events_were_lost", 50, true, false, true, false},
};
class Unseen : public testing::TestWithParam<UnseenCase> {};
TEST_P(Unseen, is_a_try_that_the_broker_would_have_shown) {
  Fleet fleet;
  fleet.knows_since(0, static_cast<std::uint64_t>(GetParam().known_since_s) * kSecond);
  fleet.knows_since(0, kSecond);  // only the first one counts
  if (GetParam().lost) fleet.lost(0, 100 * kSecond);
  Failure failure;
  failure.place = house(1);
  failure.hello = kFirmware;
  failure.from_ns = failure.to_ns = 100 * kSecond;
  if (!GetParam().a_failure_fits) failure.counted.port = 1;
  fleet.failed(std::move(failure));
  fleet.connected("lamp", {house(1), kFirmware, 200 * kSecond});
  ReportedRow row;
  row.at_ns = 100 * kSecond;
  row.last_from_ns = 95 * kSecond;
  row.last_to_ns = 103 * kSecond;
  row.sharp = GetParam().sharp;
  row.fits = [](const Failure& f) { return f.counted.port == 0; };
  EXPECT_EQ(fleet.match(*fleet.devices().find(0, "lamp"), {row}).front().unseen, GetParam().unseen);
}
INSTANTIATE_TEST_SUITE_P(Fleet, Unseen, testing::ValuesIn(kUnseen),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Fleet, suspects_who_has_just_gone_from_there_and_not_who_is_still_connected) {
  Fleet fleet;
  for (const char* const id : {"lamp", "twin", "third"})
    fleet.connected(id, {house(1), kFirmware, 10 * kSecond});
  fleet.connected("elsewhere", {house(2), kFirmware, 10 * kSecond});
  fleet.disconnected(0, "lamp", 100 * kSecond);
  const Suspicion suspicion = fleet.suspect({house(1), kFirmware, 105 * kSecond});
  ASSERT_EQ(suspicion.likeliest.size(), 3U);
  EXPECT_EQ(suspicion.likeliest.front().device->id, "lamp");
  EXPECT_GT(suspicion.likeliest.front().share, 0.8);
}

TEST(Fleet, suspects_nobody_where_no_one_with_that_hello_lives) {
  Fleet fleet;
  fleet.connected("lamp", {house(1), kFirmware, 10 * kSecond});
  EXPECT_TRUE(fleet.suspect({house(2), kFirmware, 20 * kSecond}).likeliest.empty());
  EXPECT_TRUE(fleet.suspect({house(1), kOther, 20 * kSecond}).likeliest.empty());
}

TEST(FailureLedger, drops_the_oldest_and_never_gives_a_number_twice) {
  FailureLedger ledger(4);
  for (int i = 0; i < 10; ++i) {
    Failure failure;
    failure.place = house(i % 2);
    failure.to_ns = static_cast<std::uint64_t>(i);
    EXPECT_EQ(ledger.add(std::move(failure)), static_cast<std::uint64_t>(i) + 1);
  }
  EXPECT_EQ(ledger.find(6), nullptr);
  ASSERT_NE(ledger.find(7), nullptr);
  EXPECT_EQ(ledger.since(house(0), 0).numbers, (std::vector<std::uint64_t>{7, 9}));
  EXPECT_EQ(ledger.since(0U, 8).numbers, (std::vector<std::uint64_t>{9, 10}));
}

TEST(FailureLedger, forgets_places_with_their_failures) {
  FailureLedger ledger(100);
  for (int i = 0; i < 100'000; ++i) {
    Failure failure;
    failure.place.size = 4;
    failure.place.address = {static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                             static_cast<std::uint8_t>(i)};
    ledger.add(std::move(failure));
  }
  EXPECT_EQ(ledger.size(), 100U);
  EXPECT_EQ(ledger.places(), 100U);
}

}  // namespace
}  // namespace tlswatch::fleet
