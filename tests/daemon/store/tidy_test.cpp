// Retention: what is too old or too much goes, in small steps, and the file gets smaller.
#include <filesystem>

#include "kept_story.h"

namespace tlswatch::test {
namespace {

using Way = Story::Way;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kDay = 86'400 * kSecond;

class Tidy : public KeptStory {
 protected:
  /// Steps until nothing is left to do; how many.
  int tidy(const store::Retention& retention, std::uint64_t now_ns, std::size_t rows = 512) {
    commit();
    for (int step = 1; step < 10'000; ++step) {
      const store::Writer::Tidied done = writer.tidy(retention, now_ns, rows);
      EXPECT_FALSE(done.trouble.has_value()) << done.trouble->text;
      if (done.done || done.trouble) return step;
    }
    ADD_FAILURE() << "it never ends";
    return 0;
  }
  std::string ids() {
    std::string out;
    for (const store::DeviceRow& row : got(read().devices({}, 100)).rows) out += row.outside_id + " ";
    return out;
  }
};

TEST_F(Tidy, what_is_older_than_the_age_goes_with_all_that_is_its) {
  story.connects({1, 0, 1}, "old").leaves({1, 60, 1}, "old").fails({2, 70, 1}, Way::no_shared_cipher);
  story.connects({3, 5 * 86'400, 2}, "new").leaves({3, 5 * 86'400 + 60, 2}, "new");
  tidy({3 * kDay, UINT64_MAX, 100}, kTime + 2 * kDay);
  EXPECT_EQ(ids(), "old new ");
  tidy({3 * kDay, UINT64_MAX, 100}, kTime + 5 * kDay);
  EXPECT_EQ(ids(), "new ");
  EXPECT_TRUE(got(read().sessions("edge-1", "old", 10)).empty());
  EXPECT_TRUE(got(read().incidents({}, 10)).rows.empty());
  EXPECT_EQ(got(read().totals()).devices, 1U);
  EXPECT_EQ(got(read().totals()).failing, 0U);
  EXPECT_TRUE(got(read().devices({.search = "old"}, 10)).rows.empty());
  std::uint64_t counted = 0;
  for (const store::ComplianceRow& row : got(read().compliance()))
    counted += row.requirement == "version" ? row.devices : 0;
  EXPECT_EQ(counted, 1U);
}

TEST_F(Tidy, a_device_that_is_connected_stays_however_old) {
  story.connects({1, 0, 1}, "steady");
  tidy({kDay, UINT64_MAX, 100}, kTime + 30 * kDay);
  EXPECT_EQ(ids(), "steady ");
  EXPECT_EQ(got(read().sessions("edge-1", "steady", 10)).size(), 1U);
}

TEST_F(Tidy, many_that_stay_do_not_hide_what_is_old_behind_them) {
  for (int i = 0; i < 50; ++i)
    story.connects({static_cast<std::uint64_t>(i + 1), i, i + 1}, "steady-" + std::to_string(i));
  for (int i = 0; i < 50; ++i) {
    const auto session = static_cast<std::uint64_t>(100 + i);
    story.connects({session, 100 + i, 200}, "gone").leaves({session, 101 + i, 200}, "gone");
  }
  tidy({kDay, UINT64_MAX, 100}, kTime + 30 * kDay, 8);
  EXPECT_TRUE(got(read().device("gone")).empty());
  EXPECT_TRUE(got(read().sessions_at("edge-1", "10.0.0.200", 100)).empty());
  EXPECT_EQ(got(read().totals()).devices, 50U);
}

TEST_F(Tidy, sessions_that_ended_late_do_not_hide_older_ends_behind_them) {
  for (int i = 0; i < 50; ++i) {
    const auto session = static_cast<std::uint64_t>(i + 1);
    story.connects({session, i, i + 1}, "long-" + std::to_string(i));
  }
  for (int i = 0; i < 50; ++i) {
    const auto session = static_cast<std::uint64_t>(100 + i);
    story.connects({session, 100 + i, 200}, "short").leaves({session, 101 + i, 200}, "short");
  }
  for (int i = 0; i < 50; ++i)
    story.leaves({static_cast<std::uint64_t>(i + 1), 10 * 86'400 + i, i + 1}, "long-" + std::to_string(i));
  story.connects({200, 10 * 86'400, 200}, "short");
  tidy({kDay, UINT64_MAX, 100}, kTime + 10 * kDay + kDay / 2, 8);
  EXPECT_EQ(got(read().sessions("edge-1", "short", 100)).size(), 1U) << "the latest";
  EXPECT_EQ(got(read().sessions("edge-1", "long-7", 100)).size(), 1U);
}

TEST_F(Tidy, a_file_that_is_too_large_gets_smaller_step_by_step) {
  for (int i = 0; i < 5'000; ++i) {
    const auto session = static_cast<std::uint64_t>(i + 1);
    const std::string id = "lamp-" + std::to_string(i % 500);
    story.connects({session, i, i % 200 + 1}, id).leaves({session, i + 1, i % 200 + 1}, id);
    if (i % 500 == 0) commit();
  }
  const std::uint64_t before = got(read().totals()).bytes;
  ASSERT_GT(before, 1'000'000U);
  const int steps = tidy({UINT64_MAX >> 1, 700'000, 100}, kTime + kDay);
  EXPECT_GT(steps, 3) << "in one step it would hold up the daemon";
  EXPECT_LE(got(read().totals()).bytes, 900'000U);
  EXPECT_EQ(got(read().totals()).devices, 500U) << "sessions go first";
  const auto latest = got(read().sessions("edge-1", "lamp-499", 100));
  ASSERT_FALSE(latest.empty());
  EXPECT_EQ(latest.front().id, "edge-1:77:5000");
}

TEST_F(Tidy, names_that_never_came_through_are_bounded) {
  // By certificates or logins that were refused: a name costs nothing to make.
  for (int i = 0; i < 300; ++i) {
    event::Diagnosis claim;
    claim.header.sequence = static_cast<std::uint64_t>(i + 1);
    claim.header.time_unix_ns = kTime + static_cast<std::uint64_t>(i);
    claim.header.broker = claim.header.stream = "edge-1";
    claim.header.epoch = 0x99;
    claim.outside_device_id = "claim-" + std::to_string(i);
    claim.cause = "client-cert-untrusted";
    claim.failures = 1;
    writer.add(claim, {});
  }
  tidy({UINT64_MAX >> 1, UINT64_MAX, 100}, kTime + kDay);
  EXPECT_EQ(got(read().totals()).devices, 100U);
  EXPECT_EQ(got(read().device("claim-0")).size(), 0U) << "the oldest goes";
}

}  // namespace
}  // namespace tlswatch::test
