#include "daemon/core/report/report.h"

#include <gtest/gtest.h>

#include <string>

namespace tlswatch::report {
namespace {

using Kind = ReportError::Kind;

auto read(std::string_view json) {
  return read_report({reinterpret_cast<const std::uint8_t*>(json.data()), json.size()});
}

constexpr std::string_view kContract =
    R"({"v":1,"era":2882400001,"boot":17,"fw":"14.2","up":93,"errs":[{"s":"bearssl","seq":5,"ph":"tls","c":62,)"
    R"("d":0,"n":12,"t":1795366544,"ago":31,"heap":9120}]})";

TEST(Report, TheContractsExample) {
  const auto report = read(kContract);
  ASSERT_TRUE(report.ok()) << report.error().what;
  EXPECT_EQ(report->era, 2882400001U);
  EXPECT_EQ(report->boot, 17U);
  EXPECT_EQ(report->firmware, "14.2");
  EXPECT_EQ(report->uptime_s, 93U);
  ASSERT_EQ(report->entries.size(), 1U);
  const ReportEntry& e = report->entries[0];
  EXPECT_EQ(e.stack, device::Stack::bearssl);
  EXPECT_EQ(e.phase, device::Phase::tls);
  EXPECT_EQ(e.seq, 5U);
  EXPECT_EQ(e.code, 62);
  EXPECT_EQ(e.detail, 0);
  EXPECT_EQ(e.count, 12U);
  EXPECT_EQ(e.at_unix_s, 1795366544U);
  EXPECT_EQ(e.ago_s, 31U);
  EXPECT_EQ(e.heap_bytes, 9120U);
}

struct Accept {
  const char* name;
  std::string json;
  bool (*holds)(const Report&);
};
// clang-format off
const Accept kAccepts[] = {
    {"no_errors", R"({"v":1,"era":1,"errs":[]})", [](const Report& r) { return r.entries.empty() && r.firmware.empty(); }},
    {"optional_members_may_be_missing", R"({"v":1,"era":1,"errs":[{"s":"tasmota","seq":1,"ph":"tcp","c":-1002}]})",
     [](const Report& r) { const auto& e = r.entries[0]; return e.code == -1002 && e.count == 1 && e.at_unix_s == 0 && !e.ago_s && !e.heap_bytes; }},
    {"unknown_members_are_ignored", R"({"v":1,"era":1,"x":{"y":[1]},"errs":[{"s":"esp-tls","seq":1,"ph":"dns","c":32769,"z":null}]})",
     [](const Report& r) { return r.entries[0].stack == device::Stack::esp_tls; }},
    {"firmware_is_made_clean", R"({"v":1,"era":1,"fw":"1\u001b[2J","errs":[]})",
     [](const Report& r) { return r.firmware == "1\xEF\xBF\xBD[2J"; }},
    {"firmware_is_cut", R"({"v":1,"era":1,"fw":")" + std::string(200, 'a') + R"(","errs":[]})",
     [](const Report& r) { return r.firmware.size() == kMaxFirmwareBytes; }},
    {"the_largest_numbers", R"({"v":1,"era":4294967295,"errs":[{"s":"openssl","seq":4294967295,"ph":"mqtt","c":-2147483648,"d":2147483647}]})",
     [](const Report& r) { return r.entries[0].code == INT32_MIN && r.entries[0].detail == INT32_MAX; }},
};
// clang-format on
class Accepts : public testing::TestWithParam<Accept> {};
TEST_P(Accepts, Report) {
  const auto report = read(GetParam().json);
  ASSERT_TRUE(report.ok()) << report.error().what;
  EXPECT_TRUE(GetParam().holds(*report));
}
INSTANTIATE_TEST_SUITE_P(Report, Accepts, testing::ValuesIn(kAccepts),
                         [](const auto& row) { return std::string(row.param.name); });

struct Reject {
  const char* name;
  std::string json;
  Kind kind;
  const char* what;
};
// clang-format off
const Reject kRejects[] = {
    {"nothing", "", Kind::not_json, "the report is not JSON, at byte 0"},
    {"half_a_report", std::string(kContract.substr(0, 60)), Kind::not_json, "the report is not JSON, at byte 60"},
    {"two_values", R"({"v":1}{"v":1})", Kind::not_json, "the report is not JSON, at byte 7"},
    {"broken_utf8", "{\"v\":1,\"fw\":\"\xFF\"}", Kind::not_json, "the report is not JSON, at byte 13"},
    {"an_array", "[1]", Kind::not_a_report, "the payload is no object with a version v"},
    {"no_version", R"({"era":1})", Kind::not_a_report, "the payload is no object with a version v"},
    {"version_2", R"({"v":2,"era":1,"errs":[]})", Kind::wrong_version, "the report's version v is not 1"},
    {"version_as_text", R"({"v":"1","era":1,"errs":[]})", Kind::wrong_version, "the report's version v is not 1"},
    {"no_era", R"({"v":1,"errs":[]})", Kind::bad_member, "era is missing"},
    {"era_negative", R"({"v":1,"era":-1,"errs":[]})", Kind::bad_member, "era is not a whole number in range"},
    {"era_of_33_bits", R"({"v":1,"era":4294967296,"errs":[]})", Kind::bad_member, "era is not a whole number in range"},
    {"era_with_a_fraction", R"({"v":1,"era":1.5,"errs":[]})", Kind::bad_member, "era is not a whole number in range"},
    {"fw_a_number", R"({"v":1,"era":1,"fw":14,"errs":[]})", Kind::bad_member, "fw is not a string"},
    {"no_errs", R"({"v":1,"era":1})", Kind::bad_member, "errs is missing"},
    {"errs_an_object", R"({"v":1,"era":1,"errs":{}})", Kind::bad_member, "errs is not an array"},
    {"an_entry_no_object", R"({"v":1,"era":1,"errs":[7]})", Kind::bad_member, "errs[0] is not an object"},
    {"an_unknown_stack", R"({"v":1,"era":1,"errs":[{"s":"schannel","seq":1,"ph":"tls","c":1}]})", Kind::bad_member, "errs[0].s is none of the known names"},
    {"no_stack", R"({"v":1,"era":1,"errs":[{"seq":1,"ph":"tls","c":1}]})", Kind::bad_member, "errs[0].s is missing"},
    {"an_unknown_phase_in_the_second", R"({"v":1,"era":1,"errs":[{"s":"tasmota","seq":1,"ph":"tls","c":1},{"s":"tasmota","seq":2,"ph":"udp","c":1}]})", Kind::bad_member, "errs[1].ph is none of the known names"},
    {"a_code_as_text", R"({"v":1,"era":1,"errs":[{"s":"tasmota","seq":1,"ph":"tls","c":"1"}]})", Kind::bad_member, "errs[0].c is not a whole number in range"},
    {"a_code_of_33_bits", R"({"v":1,"era":1,"errs":[{"s":"tasmota","seq":1,"ph":"tls","c":2147483648}]})", Kind::bad_member, "errs[0].c is not a whole number in range"},
    {"no_sequence", R"({"v":1,"era":1,"errs":[{"s":"tasmota","ph":"tls","c":1}]})", Kind::bad_member, "errs[0].seq is missing"},
    {"a_time_before_1970", R"({"v":1,"era":1,"errs":[{"s":"tasmota","seq":1,"ph":"tls","c":1,"t":-5}]})", Kind::bad_member, "errs[0].t is not a Unix time"},
    {"too_long", std::string(2049, ' '), Kind::too_long, "the report is longer than 2048 bytes"},
};
// clang-format on
class Rejects : public testing::TestWithParam<Reject> {};
TEST_P(Rejects, Report) {
  const auto report = read(GetParam().json);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().kind, GetParam().kind);
  EXPECT_EQ(report.error().what, GetParam().what);
}
INSTANTIATE_TEST_SUITE_P(Report, Rejects, testing::ValuesIn(kRejects),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ReportLimits, DepthCostsNoStack) {
  const std::string deep(1000, '[');
  EXPECT_EQ(read(R"({"v":1,"era":1,"x":)" + deep).error().kind, Kind::not_json);
  EXPECT_TRUE(read(R"({"v":1,"era":1,"x":)" + deep + std::string(1000, ']') + R"(,"errs":[]})").ok());
}

TEST(ReportLimits, EntriesBeyondTheLimitAreCounted) {
  std::string errs;
  for (int i = 0; i < 40; ++i) {
    errs += std::string(i == 0 ? "" : ",") + R"({"s":"tasmota","seq":)" + std::to_string(i) +
            R"(,"ph":"tls","c":1})";
  }
  const auto report = read(R"({"v":1,"era":1,"errs":[)" + errs + "]}");
  ASSERT_TRUE(report.ok()) << report.error().what;
  EXPECT_EQ(report->entries.size(), kMaxEntries);
  EXPECT_EQ(report->skipped_entries, 40 - kMaxEntries);
}

TEST(ReportLimits, EveryPrefixOfAReportIsAnError) {
  for (std::size_t n = 0; n < kContract.size(); ++n) EXPECT_FALSE(read(kContract.substr(0, n)).ok()) << n;
}

}  // namespace
}  // namespace tlswatch::report
