// The recorder: what it remembers, over resets and power losses, and when it forgets.
#include <gtest/gtest.h>

#include <ostream>

#include "fake_device.h"
#include "tlswatch_recorder.h"

namespace tlswatch::device::testing {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() { device.boot(); }
  FakeDevice device;
};

struct JoinCase {
  const char* name;
  Failure first, second;
  std::size_t entries;
};
const Failure kUntrusted = {Stack::bearssl, Phase::tls, 62, 0};
const JoinCase kJoins[] = {
    {"same_error_joins", kUntrusted, {Stack::bearssl, Phase::tls, 62, 0}, 1},
    {"another_code_does_not", kUntrusted, {Stack::bearssl, Phase::tls, 54, 0}, 2},
    {"another_stack_does_not", kUntrusted, {Stack::tasmota, Phase::tls, 62, 0}, 2},
    {"another_phase_does_not", kUntrusted, {Stack::bearssl, Phase::mqtt, 62, 0}, 2},
    {"another_detail_does_not", kUntrusted, {Stack::bearssl, Phase::tls, 62, 8}, 2},
};
class JoinTest : public ::testing::TestWithParam<JoinCase> {};
TEST_P(JoinTest, entries) {
  FakeDevice device;
  device.boot();
  device.recorder.record(GetParam().first);
  device.recorder.record(GetParam().second);
  EXPECT_EQ(device.recorder.pending(), GetParam().entries);
}
INSTANTIATE_TEST_SUITE_P(recorder, JoinTest, ::testing::ValuesIn(kJoins),
                         [](const auto& row) { return row.param.name; });

TEST_F(RecorderTest, a_repetition_updates_count_time_and_heap) {
  device.fail(62);
  device.pass(10);
  device.heap = 8000;
  device.fail(62);
  const Entry entry = device.entry(0);
  EXPECT_EQ(entry.count, 2);
  EXPECT_EQ(entry.time, 1'795'366'554u);
  EXPECT_EQ(entry.heap, 8000u);
  EXPECT_EQ(entry.seq, 1u);
}

TEST_F(RecorderTest, counts_stop_at_their_limit) {
  for (int i = 0; i < 65540; ++i) device.fail(62);
  EXPECT_EQ(device.entry(0).count, 65535);
}

TEST_F(RecorderTest, the_first_error_of_an_attempt_wins) {
  device.recorder.attempt();
  device.recorder.record(Stack::bearssl, Phase::tls, 62, 0);
  device.recorder.record(Stack::tasmota, Phase::mqtt, 0, -2);
  EXPECT_EQ(device.recorder.pending(), 1u);
  EXPECT_EQ(device.entry(0).failure.code, 62);
}

TEST_F(RecorderTest, without_attempts_every_error_counts) {
  device.recorder.record(Stack::bearssl, Phase::tls, 62, 0);
  device.recorder.record(Stack::tasmota, Phase::mqtt, 0, -2);
  EXPECT_EQ(device.recorder.pending(), 2u);
}

TEST_F(RecorderTest, a_good_connection_ends_the_row) {
  device.fail(62);
  device.recorder.connected();
  device.fail(62);
  EXPECT_EQ(device.recorder.pending(), 2u);
  EXPECT_EQ(device.entry(1).count, 1);
}

TEST_F(RecorderTest, a_good_connection_without_errors_writes_nothing) {
  const int writes = device.rtc_writes;
  device.recorder.connected();
  EXPECT_EQ(device.rtc_writes, writes);
}

TEST_F(RecorderTest, a_row_goes_on_over_a_reset) {
  device.fail(62);
  device.boot();
  device.fail(62);
  EXPECT_EQ(device.recorder.pending(), 1u);
  EXPECT_EQ(device.entry(0).count, 2);
}

TEST_F(RecorderTest, the_seventh_error_pushes_out_the_oldest) {
  for (int code = 40; code < 47; ++code) device.fail(code);
  EXPECT_EQ(device.recorder.pending(), kReportEntriesMax);
  EXPECT_EQ(device.entry(0).failure.code, 41);
  EXPECT_EQ(device.entry(0).seq, 2u);
  EXPECT_EQ(device.entry(5).seq, 7u);
}

TEST_F(RecorderTest, boots_are_counted_over_resets_and_anew_after_power_loss) {
  device.flash_present = false;
  device.boot();
  device.boot();
  EXPECT_EQ(device.recorder.image().boots, 3u);
  device.power_loss();
  EXPECT_EQ(device.recorder.image().boots, 1u);
}

TEST_F(RecorderTest, era_and_sequence_survive_a_reset) {
  device.fail(62);
  const std::uint32_t era = device.entry(0).era;
  device.boot();
  device.fail(54);
  EXPECT_EQ(device.entry(0).era, era);
  EXPECT_EQ(device.entry(1).era, era);
  EXPECT_EQ(device.entry(1).seq, 2u);
}

TEST_F(RecorderTest, without_flash_a_power_loss_draws_a_new_era_and_forgets) {
  device.flash_present = false;
  device.boot();
  device.fail(62);
  const std::uint32_t era = device.entry(0).era;
  device.power_loss();
  EXPECT_EQ(device.recorder.pending(), 0u);
  device.fail(62);
  EXPECT_NE(device.entry(0).era, era);
}

TEST_F(RecorderTest, an_error_restored_from_flash_keeps_its_name_and_new_ones_get_another_era) {
  device.fail(62);
  const Entry before = device.entry(0);
  device.power_loss();
  device.fail(54);
  EXPECT_EQ(device.entry(0).era, before.era);
  EXPECT_EQ(device.entry(0).seq, before.seq);
  EXPECT_NE(device.entry(1).era, before.era);
  EXPECT_EQ(device.entry(1).seq, 1u);
}

TEST_F(RecorderTest, errors_of_two_eras_go_in_two_reports) {
  device.fail(62);
  device.power_loss();
  device.fail(54);
  const std::string first = device.report(1);
  EXPECT_NE(first.find("\"c\":62"), std::string::npos);
  EXPECT_EQ(first.find("\"c\":54"), std::string::npos);
  EXPECT_EQ(device.recorder.acknowledged(1), 1u);
  EXPECT_NE(device.report(2).find("\"c\":54"), std::string::npos);
}

TEST_F(RecorderTest, what_missed_two_power_losses_is_dropped) {
  device.fail(62);
  device.power_loss();
  device.pass(kFlashIntervalSeconds);
  device.fail(54);
  device.power_loss();
  EXPECT_EQ(device.recorder.pending(), 1u);
  EXPECT_EQ(device.entry(0).failure.code, 54);
}

TEST_F(RecorderTest, a_report_is_repeated_until_its_puback) {
  device.fail(62);
  const std::string report = device.report(7);
  EXPECT_EQ(device.report(8), report);
  EXPECT_EQ(device.recorder.acknowledged(8), 1u);
  EXPECT_EQ(device.report(9), "");
}

TEST_F(RecorderTest, a_reboot_between_publish_and_puback_repeats_the_report) {
  device.fail(62);
  device.report(7);
  device.boot();
  EXPECT_EQ(device.recorder.acknowledged(7), 0u) << "a PUBACK to a packet of another boot";
  EXPECT_NE(device.report(7).find("\"seq\":1,"), std::string::npos);
}

TEST_F(RecorderTest, only_the_right_puback_forgets_and_only_once) {
  device.fail(62);
  EXPECT_EQ(device.recorder.acknowledged(0), 0u) << "nothing was sent";
  device.report(7);
  EXPECT_EQ(device.recorder.acknowledged(6), 0u);
  EXPECT_EQ(device.recorder.pending(), 1u);
  EXPECT_EQ(device.recorder.acknowledged(7), 1u);
  device.fail(54);
  EXPECT_EQ(device.recorder.acknowledged(7), 0u);
  EXPECT_EQ(device.recorder.pending(), 1u);
}

TEST_F(RecorderTest, an_error_since_the_report_makes_its_puback_worthless) {
  device.fail(62);
  device.recorder.connected();
  device.report(7);
  device.fail(62);
  EXPECT_EQ(device.recorder.acknowledged(7), 0u);
  EXPECT_EQ(device.recorder.pending(), 2u);
  EXPECT_EQ(device.entry(0).count, 1) << "the row ended with the good connection";
  EXPECT_EQ(device.entry(1).seq, 2u);
}

TEST_F(RecorderTest, a_puback_after_an_error_was_pushed_out_takes_no_other_with_it) {
  for (int code = 40; code < 46; ++code) device.fail(code);
  device.report(7, kReportMax);
  device.fail(46);
  EXPECT_EQ(device.recorder.acknowledged(7), 0u);
  EXPECT_EQ(device.entry(0).failure.code, 41);
  EXPECT_EQ(device.recorder.pending(), kReportEntriesMax);
}

struct ReasonCase {
  const char* name;
  std::uint8_t reason;
  std::size_t forgotten;
};
const ReasonCase kReasons[] = {
    {"success", 0x00, 1},        {"no_matching_subscribers", 0x10, 1}, {"unspecified_error", 0x80, 0},
    {"not_authorized", 0x87, 0}, {"quota_exceeded", 0x97, 0},          {"the_last_one", 0xFF, 0},
};
class ReasonTest : public ::testing::TestWithParam<ReasonCase> {};
TEST_P(ReasonTest, of_a_puback_decides) {
  FakeDevice device;
  device.boot();
  device.fail(62);
  device.report(7);
  EXPECT_EQ(device.recorder.acknowledged(7, GetParam().reason), GetParam().forgotten);
  EXPECT_EQ(device.recorder.pending(), 1 - GetParam().forgotten);
}
INSTANTIATE_TEST_SUITE_P(recorder, ReasonTest, ::testing::ValuesIn(kReasons),
                         [](const auto& row) { return row.param.name; });

TEST_F(RecorderTest, a_reported_error_that_comes_again_after_a_power_loss_gets_a_new_name) {
  device.fail(62);
  device.recorder.connected();
  const Entry before = device.entry(0);
  device.report(7);
  EXPECT_EQ(device.recorder.acknowledged(7), 1u);
  device.power_loss();
  device.fail(62);
  ASSERT_EQ(device.recorder.pending(), 2u);
  EXPECT_EQ(device.entry(0).era, before.era) << "flash repeats what it holds, under its old name";
  EXPECT_EQ(device.entry(0).count, before.count);
  EXPECT_NE(device.entry(1).era, before.era);
}

TEST_F(RecorderTest, with_nothing_left_to_join_an_error_starts_an_entry) {
  device.fail(62);
  device.report(7);
  EXPECT_EQ(device.recorder.acknowledged(7), 1u);
  device.fail(0, Stack::mbedtls, Phase::dns);  // what stands before the first entry looks like this one
  ASSERT_EQ(device.recorder.pending(), 1u);
  EXPECT_EQ(device.entry(0).failure.stack, Stack::mbedtls);
  EXPECT_EQ(device.entry(0).seq, 2u);
  EXPECT_EQ(device.entry(0).count, 1);
}

TEST_F(RecorderTest, memory_that_changes_under_a_report_on_its_way_forgets_nothing_wrong) {
  for (int code = 40; code < 43; ++code) device.fail(code);
  device.report(7, kReportMax);
  device.rtc.fill(0x3C);
  EXPECT_EQ(device.recorder.acknowledged(7), 0u);
  EXPECT_EQ(device.recorder.pending(), 0u);
}

TEST_F(RecorderTest, flash_gets_a_new_code_once) {
  device.fail(62);
  EXPECT_EQ(device.flash_writes, 1);
  device.pass(2 * kFlashIntervalSeconds);
  device.fail(62);
  EXPECT_EQ(device.flash_writes, 1);
}

struct FlashCase {
  const char* name;
  std::uint32_t seconds_later;
  bool reset_between;
  bool clock_set;
  int writes;
};
const FlashCase kFlash[] = {
    {"not_within_the_hour", kFlashIntervalSeconds - 1, false, true, 1},
    {"after_an_hour", kFlashIntervalSeconds, false, true, 2},
    {"not_within_the_hour_over_a_reset", kFlashIntervalSeconds - 1, true, true, 1},
    {"after_an_hour_by_the_clock_over_a_reset", kFlashIntervalSeconds, true, true, 2},
    {"after_an_hour_by_uptime", kFlashIntervalSeconds, false, false, 2},
    {"a_reset_without_a_clock_proves_no_hour", kFlashIntervalSeconds, true, false, 1},
};
class FlashTest : public ::testing::TestWithParam<FlashCase> {};
TEST_P(FlashTest, writes) {
  FakeDevice device;
  if (!GetParam().clock_set) device.unix_s = 0;
  device.boot();
  device.fail(62);
  device.pass(GetParam().seconds_later);
  if (GetParam().reset_between) device.boot();
  device.fail(54);
  EXPECT_EQ(device.flash_writes, GetParam().writes);
}
INSTANTIATE_TEST_SUITE_P(recorder, FlashTest, ::testing::ValuesIn(kFlash),
                         [](const auto& row) { return row.param.name; });

TEST_F(RecorderTest, a_clock_that_was_lost_over_a_reset_proves_no_hour) {
  device.fail(62);
  device.unix_s = 0;
  device.boot();
  device.fail(54);
  EXPECT_EQ(device.flash_writes, 1);
}

TEST_F(RecorderTest, a_clock_that_was_set_after_a_reset_proves_no_hour) {
  device.unix_s = 0;
  device.fail(62);
  device.boot();
  device.unix_s = 1'795'366'544;
  device.fail(54);
  EXPECT_EQ(device.flash_writes, 1);
}

TEST_F(RecorderTest, a_clock_that_went_back_proves_no_hour) {
  device.fail(62);
  device.unix_s -= 10 * kFlashIntervalSeconds;
  device.fail(54);
  EXPECT_EQ(device.flash_writes, 1);
}

TEST_F(RecorderTest, power_losses_within_the_hour_write_no_flash) {
  for (int code = 40; code < 60; ++code) {
    device.fail(code);
    device.pass(60);
    device.power_loss();
  }
  EXPECT_EQ(device.flash_writes, 1) << "20 minutes, twenty new codes, twenty power losses";
}

TEST_F(RecorderTest, memory_that_changes_behind_its_back_is_not_trusted) {
  device.fail(62);
  device.rtc[40] ^= 1;
  EXPECT_EQ(device.recorder.pending(), 0u);
  device.fail(54);
  EXPECT_EQ(device.recorder.pending(), 1u);
  EXPECT_EQ(device.recorder.image().rejected, 1);
}

TEST_F(RecorderTest, random_memory_is_counted_as_rejected_and_blank_memory_is_not) {
  EXPECT_EQ(device.recorder.image().rejected, 0);
  device.power_loss();
  EXPECT_EQ(device.recorder.image().rejected, 1);
  device.rtc.fill(0xFF);
  device.boot();
  EXPECT_EQ(device.recorder.image().rejected, 0);
}

TEST_F(RecorderTest, corrupt_flash_is_not_restored_and_counted) {
  device.fail(62);
  device.flash[100] ^= 4;
  device.power_loss();
  EXPECT_EQ(device.recorder.pending(), 0u);
  EXPECT_EQ(device.recorder.image().rejected, 2) << "that of RTC, and that of flash";
}

TEST_F(RecorderTest, corrupt_flash_is_written_anew) {
  device.fail(62);
  device.flash[100] ^= 4;
  device.power_loss();
  device.fail(62);
  EXPECT_EQ(device.flash_writes, 2);
  device.power_loss();
  EXPECT_EQ(device.entry(0).failure.code, 62);
}

TEST_F(RecorderTest, a_clock_that_is_not_set_may_say_anything_before_2004) {
  device.unix_s = 28'800;
  device.boot();
  device.pass(40);
  device.fail(62);
  EXPECT_EQ(device.entry(0).time, 41u);
}

}  // namespace
}  // namespace tlswatch::device::testing
