// The report's text: the contract's bytes, and what fits.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "fake_device.h"
#include "tlswatch_report_text.h"

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

Entry contract_entry() {
  Entry entry{};
  entry.failure = {Stack::bearssl, Phase::tls, 62, 0};
  entry.time = 1'795'366'544;
  entry.count = 12;
  entry.heap = 9120;
  return entry;
}

Image image_with(const Entry& entry, std::size_t n = 1) {
  Image image;
  image_reset(image, 2'882'400'001);
  image.boots = 17;
  image.next_seq = 5;
  for (std::size_t i = 0; i < n; ++i) image_append(image, entry);
  return image;
}

std::string text_of(const Image& image, ReportTimes times, const char* firmware = "14.2",
                    std::size_t room = 256) {
  std::string text(room, '#');
  text.resize(format_report_text(image, times, firmware, text.data(), room).size);
  return text;
}

constexpr const char* kContract =
    R"({"v":1,"era":2882400001,"boot":17,"fw":"14.2","up":93,"errs":[{"s":"bearssl","seq":5,"ph":"tls","c":62,"d":0,)"
    R"("n":12,"t":1795366544,"ago":31,"heap":9120}]})";

TEST(report, is_the_contract_s_example_byte_for_byte) {
  EXPECT_EQ(text_of(image_with(contract_entry()), {1'795'366'575, 93}), kContract);
}

struct AgoCase {
  const char* name;
  TimeKind kind;
  std::uint32_t time;
  ReportTimes now;
  const char* expected;
};
const AgoCase kAgo[] = {
    {"unix_time_with_the_clock_set", TimeKind::unix_time, 1000, {1031, 5}, R"("t":1000,"ago":31,"heap")"},
    {"unix_time_without_a_clock_now", TimeKind::unix_time, 1000, {0, 5}, R"("t":1000,"heap")"},
    {"unix_time_ahead_of_a_clock_set_back", TimeKind::unix_time, 1000, {999, 5}, R"("t":1000,"heap")"},
    {"uptime_of_this_boot", TimeKind::uptime, 40, {5000, 93}, R"("t":0,"ago":53,"heap")"},
    {"uptime_of_an_earlier_boot", TimeKind::unknown, 0, {5000, 93}, R"("t":0,"heap")"},
};
class AgoTest : public ::testing::TestWithParam<AgoCase> {};
TEST_P(AgoTest, says) {
  Entry entry = contract_entry();
  entry.time_kind = GetParam().kind;
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
      Entry entry = contract_entry();
      entry.failure.stack = static_cast<Stack>(s);
      entry.failure.phase = static_cast<Phase>(p);
      const std::string text = text_of(image_with(entry), {0, 0});
      EXPECT_NE(text.find(std::string("\"s\":\"") + stacks[s] + "\""), std::string::npos) << text;
      EXPECT_NE(text.find(std::string("\"ph\":\"") + phases[p] + "\""), std::string::npos) << text;
    }
  }
}

TEST(report, extreme_numbers_are_written_whole) {
  Entry entry = contract_entry();
  entry.failure = {Stack::esp_tls, Phase::mqtt, INT32_MIN, -kDetailMax};
  const std::string text = text_of(image_with(entry), {UINT32_MAX, UINT32_MAX});
  EXPECT_NE(text.find(R"("up":4294967295)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("c":-2147483648,"d":-1048575,)"), std::string::npos) << text;
}

struct FirmwareCase {
  const char* name;
  const char* firmware;
  const char* expected;
};
const FirmwareCase kFirmwares[] = {
    {"plain", "14.2.0(release)", R"x("fw":"14.2.0(release)","up")x"},
    {"quotes_and_backslashes_cannot_break_out", "1\",\"v\":2\\", R"("fw":"1?,?v?:2?","up")"},
    {"control_bytes_and_utf8", "1\n\x7F\xC3\xA9", R"("fw":"1????","up")"},
    {"too_long", "0123456789012345678901234567890", R"("fw":"012345678901234567890123","up")"},
};
class FirmwareTest : public ::testing::TestWithParam<FirmwareCase> {};
TEST_P(FirmwareTest, is_written_so) {
  const std::string text = text_of(image_with(contract_entry()), {0, 0}, GetParam().firmware);
  EXPECT_NE(text.find(GetParam().expected), std::string::npos) << text;
}
INSTANTIATE_TEST_SUITE_P(report, FirmwareTest, ::testing::ValuesIn(kFirmwares),
                         [](const auto& row) { return row.param.name; });

TEST(report, every_room_gets_a_whole_report_or_none_and_not_a_byte_more) {
  const Image image = image_with(contract_entry(), 6);
  std::size_t entries_before = 0;
  for (std::size_t room = 0; room <= 700; ++room) {
    std::string text(room + 8, '#');
    const ReportText made = format_report_text(image, {1'795'366'575, 93}, "14.2", text.data(), room);
    ASSERT_LE(made.size, room);
    EXPECT_EQ(text.substr(room), "########") << room;
    EXPECT_GE(made.entries, entries_before) << "more room, fewer errors at " << room;
    entries_before = made.entries;
    if (made.size == 0) continue;
    EXPECT_EQ(text.substr(made.size - 2, 2), "]}") << room;
    EXPECT_EQ(text.substr(0, 5), "{\"v\":");
  }
  EXPECT_EQ(entries_before, 6u);
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
