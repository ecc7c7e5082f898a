// RTC memory as a device may find it: full of anything.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <random>

#include "device.h"
#include "stage.h"

namespace tlswatch::device_scenarios {
namespace {

constexpr const char* kRsa = "TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured";
constexpr const char* kRefused = "no handshake after certificate-sent, sent decode_error";
constexpr const char* kReport = "report e1/1 tasmota 1 FINGERPRINT_MISMATCH x1";
const Setting kStranger{.fingerprints = {"00112233445566778899AABBCCDDEEFF00112233"}};
const Setting kAny{.fingerprints = {"any"}};

std::string random_bytes(std::size_t n, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string out(n, '\0');
  for (char& byte : out) byte = static_cast<char>(random());
  return out;
}

struct Contents {
  const char* name;
  std::function<void(std::string&)> fill;  ///< given what the device left there
  bool foreign;                            ///< to be counted as rejected: neither ours nor never written
};

void PrintTo(const Contents& contents, std::ostream* out) {
  *out << contents.name;
}

const Contents kContents[] = {
    {"zeros", [](std::string& rtc) { rtc.assign(rtc.size(), '\0'); }, false},
    {"ones", [](std::string& rtc) { rtc.assign(rtc.size(), '\xFF'); }, false},
    {"random_1", [](std::string& rtc) { rtc = random_bytes(rtc.size(), 1); }, true},
    {"random_2", [](std::string& rtc) { rtc = random_bytes(rtc.size(), 2); }, true},
    {"random_3", [](std::string& rtc) { rtc = random_bytes(rtc.size(), 3); }, true},
    {"random_but_the_first_half",
     [](std::string& rtc) {
       constexpr std::size_t kHalf = device::kImageBytes / 2;
       rtc.replace(image_offset() + kHalf, kHalf, random_bytes(kHalf, 4));
     },
     true},
    {"one_bit_flipped",
     [](std::string& rtc) {
       char& byte = rtc[image_offset() + device::kImageBytes - 1];
       byte = static_cast<char>(byte ^ 1);
     },
     true},
};

class DeviceRtcContents : public testing::TestWithParam<Contents> {
 protected:
  void damage(const Device& device) const {
    std::string rtc = harness::read_file(device.rtc());
    rtc.resize(rtc_bytes());
    GetParam().fill(rtc);
    harness::write_file(device.rtc(), rtc);
  }

  std::string rejected() const { return GetParam().foreign ? ", 1 rejected" : ""; }

  Stage stage_;
};

TEST_P(DeviceRtcContents, are_never_taken_for_errors) {
  Device device(stage_.folder(), "dut", false);
  EXPECT_EQ(device.boot(kStranger, stage_.port(Server::good)), "not connected, code 1, mfln 1024");
  EXPECT_EQ(device.memory(stage_.eras()), "1 boot; e1/1 tasmota 1 x1");
  damage(device);
  EXPECT_EQ(device.boot(kAny, stage_.port(Server::good)), "connected, mfln 1024");
  EXPECT_EQ(device.memory(stage_.eras()), "1 boot" + rejected());
  stage_.expect_session(0, {kRefused, "cause connection-closed-by-device"});
  stage_.expect_session(1, {kRsa, "is dut", "end disconnect"});
  stage_.expect_no_more();
}

TEST_P(DeviceRtcContents, are_replaced_by_what_flash_has_kept) {
  Device device(stage_.folder(), "dut");
  EXPECT_EQ(device.boot(kStranger, stage_.port(Server::good)), "not connected, code 1, mfln 1024");
  damage(device);
  EXPECT_EQ(device.boot(kAny, stage_.port(Server::good)), "connected, mfln 1024, reported 1");
  EXPECT_EQ(device.memory(stage_.eras()), "2 boots" + rejected());
  stage_.expect_session(1, {kRsa, "is dut", kReport, "end disconnect"});
  stage_.expect_session(
      0, {kRefused, "cause connection-closed-by-device", "cause fingerprint-mismatch, told by dut"});
  stage_.expect_no_more();
}

INSTANTIATE_TEST_SUITE_P(contents, DeviceRtcContents, testing::ValuesIn(kContents),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device_scenarios
