// The power is cut while RTC memory is written: at every point where a write can be torn, in the boots that
// write it most. What such a write leaves is recognised, and no error is lost that flash has, nor named
// twice.
#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "device.h"
#include "session_lines.h"
#include "stage.h"

namespace tlswatch::device_scenarios {
namespace {

// RTC user memory is written by blocks of 4 bytes (ESP8266 SDK, system_rtc_mem_write).
constexpr std::size_t kBlock = 4;
// Beyond that a boot would write more than it should: 8 images.
constexpr std::size_t kMostBytes = 8 * device::kImageBytes;

// After the report has arrived. A cut among last bytes that did not change is none.
constexpr const char* kForgotten = "2 boots";

struct TornBoot {
  const char* name;
  const char* fingerprint;             ///< what the device is set to while it is cut
  const char* whole;                   ///< its answer when it is not cut
  std::set<std::string> may_remember;  ///< RTC memory after a cut, besides "foreign"
};

void PrintTo(const TornBoot& boot, std::ostream* out) {
  *out << boot.name;
}

const TornBoot kBoots[] = {
    {"that_fails_again",
     "00112233445566778899AABBCCDDEEFF00112233",
     "not connected, code 1, mfln 1024",
     {"1 boot; e1/1 tasmota 1 x1", "2 boots; e1/1 tasmota 1 x1", "2 boots; e1/1 tasmota 1 x2"}},
    {"that_reports",
     "any",
     "connected, mfln 1024, reported 1",
     {"1 boot; e1/1 tasmota 1 x1", "2 boots; e1/1 tasmota 1 x1", kForgotten}},
};

class DeviceTornWrite : public testing::TestWithParam<TornBoot> {
 protected:
  DeviceTornWrite() {
    const Setting stranger{.fingerprints = {"00112233445566778899AABBCCDDEEFF00112233"}};
    EXPECT_EQ(device_.boot(stranger, port()), "not connected, code 1, mfln 1024");
    EXPECT_EQ(device_.memory(stage_.eras()), "1 boot; e1/1 tasmota 1 x1");
    rtc_ = harness::read_file(device_.rtc());
    flash_ = harness::read_file(device_.flash());
  }

  std::uint16_t port() const { return stage_.port(Server::good); }

  /// Boots from the memories of before, with power for so many bytes of RTC.
  std::string boot_with(std::size_t bytes) {
    harness::write_file(device_.rtc(), rtc_);
    harness::write_file(device_.flash(), flash_);
    return device_.boot_until_rtc_bytes({.fingerprints = {GetParam().fingerprint}}, port(), bytes);
  }

  Stage stage_;
  Device device_{stage_.folder(), "dut"};
  std::string rtc_;
  std::string flash_;
};

TEST_P(DeviceTornWrite, is_recognised_and_loses_nothing) {
  std::string answer = "cut";
  std::size_t bytes = 0;
  for (; bytes <= kMostBytes; bytes += kBlock) {
    SCOPED_TRACE("cut after " + std::to_string(bytes) + " bytes");
    answer = boot_with(bytes);
    if (answer != "cut") break;
    const std::string memory = device_.memory(stage_.eras());
    const bool foreign = memory == "foreign";
    EXPECT_TRUE(foreign || GetParam().may_remember.contains(memory)) << memory;
    // Flash has the error as well: until it is known to have arrived it comes, whatever happens to RTC
    // memory.
    EXPECT_EQ(device_.boot({.fingerprints = {"any"}}, port()),
              memory == kForgotten ? "connected, mfln 1024" : "connected, mfln 1024, reported 1");
    EXPECT_EQ(device_.image().rejected, foreign ? 1 : 0);
    EXPECT_EQ(device_.image().used, 0);
  }
  EXPECT_EQ(answer, GetParam().whole);
  EXPECT_GE(bytes, 2 * device::kImageBytes) << "at its start and at its end it writes all";

  for (const harness::Event& event : stage_.end()) {
    if (event.action() != "device-report") continue;
    EXPECT_EQ(report_line(event, stage_.eras()).find("report e1/1 tasmota 1 "), 0) << event.line();
  }
}

INSTANTIATE_TEST_SUITE_P(boot, DeviceTornWrite, testing::ValuesIn(kBoots),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device_scenarios
