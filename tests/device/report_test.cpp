// The report's text: the contract's bytes, and what fits.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "fake_device.h"

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

ImageEntry contract_entry() {
  ImageEntry entry{};
  entry.code = 62;
  entry.kind = image_kind({Stack::bearssl, Phase::tls, 62, 0});
  entry.time = 1'795'366'544;
  entry.count = 12;
  entry.heap = 9120 / kHeapUnit;
  return entry;
}

Image image_with(const ImageEntry& entry, std::uint8_t n = 1) {
  Image image{};
  image.life[1] = {2'882'400'001, 5};
  image.boots = 17;
  image.used = n;
  for (std::uint8_t i = 0; i < n; ++i) image.entries[i] = entry;
  return image;
}

struct ReportTimes {
  std::uint32_t unix_s, uptime_s;
};
std::string text_of(const Image& image, ReportTimes times, const char* firmware = "14.2",
                    std::size_t room = kReportMax) {
  FakeDevice device;
  device.unix_s = times.unix_s;
  device.uptime_s = times.uptime_s;
  return device.report_of(image, room, firmware);
}

constexpr const char* kContract =
    R"({"v":1,"era":2882400001,"boot":17,"fw":"14.2","up":93,"errs":[{"s":"bearssl","seq":5,"ph":"tls","c":62,"d":0,)"
    R"("n":12,"t":1795366544,"ago":31,"heap":9120}]})";

TEST(report, is_the_contract_s_example_byte_for_byte) {
  EXPECT_EQ(text_of(image_with(contract_entry()), {1'795'366'575, 93}), kContract);
}

struct AgoCase {
  const char* name;
  std::uint32_t time;
  ReportTimes now;
  const char* expected;
};
constexpr std::uint32_t kNow = 1'795'366'544;
const AgoCase kAgo[] = {
    {"unix_time_with_the_clock_set", kNow, {kNow + 31, 5}, R"("t":1795366544,"ago":31,"heap")"},
    {"unix_time_without_a_clock_now", kNow, {0, 5}, R"("t":1795366544,"heap")"},
    {"unix_time_ahead_of_a_clock_set_back", kNow, {kNow - 1, 5}, R"("t":1795366544,"heap")"},
    {"the_first_second_that_counts_as_unix_time",
     kUnixTimeMin,
     {kUnixTimeMin, 5},
     R"("t":1073741824,"ago":0,)"},
    {"uptime_of_this_boot", 41, {kNow, 93}, R"("t":0,"ago":53,"heap")"},
    {"the_very_first_second", 1, {kNow, 0}, R"("t":0,"ago":0,"heap")"},
    {"uptime_of_an_earlier_boot", 0, {kNow, 93}, R"("t":0,"heap")"},
};
class AgoTest : public ::testing::TestWithParam<AgoCase> {};
TEST_P(AgoTest, says) {
  ImageEntry entry = contract_entry();
  entry.time = GetParam().time;
  EXPECT_NE(text_of(image_with(entry), GetParam().now).find(GetParam().expected), std::string::npos)
      << text_of(image_with(entry), GetParam().now);
}
INSTANTIATE_TEST_SUITE_P(report, AgoTest, ::testing::ValuesIn(kAgo),
                         [](const auto& row) { return row.param.name; });

TEST(report, the_uptime_of_an_error_means_nothing_after_a_reset) {
  FakeDevice device;
  device.unix_s = 0;
  device.boot();
  device.pass(40);
  device.fail(62);
  device.pass(10);
  EXPECT_NE(device.report().find(R"("t":0,"ago":10,)"), std::string::npos);
  device.boot();
  EXPECT_NE(device.report().find(R"("t":0,"heap")"), std::string::npos);
}

TEST(report, every_stack_and_phase_has_its_name) {
  const char* stacks[] = {"tasmota", "bearssl", "mbedtls", "wolfssl", "openssl", "esp-tls"};
  const char* phases[] = {"dns", "tcp", "tls", "mqtt"};
  for (std::size_t s = 0; s < kStackCount; ++s) {
    for (std::size_t p = 0; p < kPhaseCount; ++p) {
      ImageEntry entry = contract_entry();
      entry.kind = image_kind({static_cast<Stack>(s), static_cast<Phase>(p), 62, 0});
      const std::string text = text_of(image_with(entry), {0, 0});
      EXPECT_NE(text.find(std::string("\"s\":\"") + stacks[s] + "\""), std::string::npos) << text;
      EXPECT_NE(text.find(std::string("\"ph\":\"") + phases[p] + "\""), std::string::npos) << text;
    }
  }
}

TEST(report, extreme_numbers_are_written_whole) {
  ImageEntry entry = contract_entry();
  entry.code = INT32_MIN;
  entry.kind = image_kind({Stack::esp_tls, Phase::mqtt, 0, -kDetailMax});
  const std::string text = text_of(image_with(entry), {UINT32_MAX, UINT32_MAX});
  EXPECT_NE(text.find(R"("up":4294967295)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("c":-2147483648,"d":-2097151,)"), std::string::npos) << text;
}

TEST(report, all_powers_of_ten_and_their_neighbours_are_written_right) {
  std::vector<std::uint32_t> numbers = {0, UINT32_MAX};
  for (std::uint64_t power = 1; power <= UINT32_MAX; power *= 10) {
    for (std::uint64_t n = power - 1; n <= power + 1; ++n) numbers.push_back(static_cast<std::uint32_t>(n));
  }
  for (const std::uint32_t number : numbers) {
    Image image = image_with(contract_entry());
    image.boots = number;
    EXPECT_NE(text_of(image, {0, 0}).find("\"boot\":" + std::to_string(number) + ","), std::string::npos)
        << number;
  }
}

TEST(report, every_room_gets_a_whole_report_or_none_and_not_a_byte_more) {
  const Image image = image_with(contract_entry(), 6);
  std::size_t entries_before = 0;
  for (std::size_t room = 0; room <= 300; ++room) {
    FakeDevice device;
    device.unix_s = 1'795'366'575;
    device.report_of(image, kReportMax, "14.2");
    std::string text(room + 8, '#');
    const std::size_t size = device.recorder.format_report(text.data(), room, 1);
    ASSERT_LE(size, room);
    EXPECT_EQ(text.substr(room), "########") << room;
    const std::size_t entries = device.recorder.acknowledged(1);
    EXPECT_GE(entries, entries_before) << "more room, fewer errors at " << room;
    EXPECT_EQ(size == 0, entries == 0) << room;
    entries_before = entries;
    if (size == 0) continue;
    EXPECT_EQ(text.substr(size - 2, 2), "]}") << room;
    EXPECT_EQ(text.substr(0, 5), "{\"v\":");
  }
  EXPECT_EQ(entries_before, 2u);
}

TEST(report, the_firmware_is_left_out_before_an_error_is) {
  const std::size_t without = std::string(kContract).size() - 4;
  EXPECT_NE(text_of(image_with(contract_entry()), {1'795'366'575, 93}, "14.2", without).find(R"("fw":"",)"),
            std::string::npos);
  EXPECT_EQ(text_of(image_with(contract_entry()), {1'795'366'575, 93}, "14.2", without - 1), "");
}

TEST(report, six_errors_arrive_in_order_in_as_many_reports_as_it_takes) {
  FakeDevice device;
  device.boot();
  for (int code = 40; code < 46; ++code) device.fail(code);
  const std::size_t topic = std::string("tlswatch/report/dev").size();
  std::string codes;
  for (std::uint16_t packet = 1; packet <= 10; ++packet) {
    const std::string text = device.report(packet, kReportMax - topic);
    if (text.empty()) break;
    EXPECT_LE(text.size() + topic + kReportFraming, kReportPacketMax);
    for (std::size_t at = text.find("\"c\":"); at != std::string::npos; at = text.find("\"c\":", at + 1)) {
      codes += text.substr(at + 4, 2) + " ";
    }
    device.recorder.acknowledged(packet);
  }
  EXPECT_EQ(codes, "40 41 42 43 44 45 ");
}

TEST(report, a_caller_with_too_much_room_gets_no_more_than_a_report) {
  FakeDevice device;
  device.boot();
  for (int code = 40; code < 46; ++code) device.fail(code);
  EXPECT_LE(device.report(1, 4096).size(), kReportMax);
}

}  // namespace
}  // namespace tlswatch::device::testing
