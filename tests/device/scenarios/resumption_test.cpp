// A session kept over a boot: the next connection skips the public-key work, where the broker agrees.
#include <gtest/gtest.h>

#include "device.h"
#include "stage.h"
#include "tls_proxy.h"

namespace tlswatch::device_scenarios {
namespace {

constexpr const char* kFull = "TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured";
constexpr const char* kResumed = "TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured, resumed";

// The address stays the same, also when the broker comes back elsewhere: a session is bound to it.
class DeviceResumption : public testing::Test {
 protected:
  DeviceResumption() { proxy_.lead_to(stage_.port(Server::good)); }

  void boot(Device& device, const Setting& setting, const char* answer, const std::vector<std::string>& log) {
    EXPECT_EQ(device.boot(setting, proxy_.port()), answer) << device.notes();
    stage_.expect_session(sessions_++, log);
  }
  void boot_full(Device& device) {
    boot(device, resume_, "connected, mfln 1024", {kFull, "is " + device.id(), "end disconnect"});
  }
  void boot_resumed(Device& device) {
    boot(device, resume_, "connected, mfln 1024, resumed", {kResumed, "is " + device.id(), "end disconnect"});
  }

  Stage stage_;
  TlsProxy proxy_;
  std::size_t sessions_ = 0;
  const Setting resume_{.fingerprints = {stage_.fingerprint(Server::good)}, .resume = true};
};

TEST_F(DeviceResumption, a_reset_or_deep_sleep_keeps_the_session_in_rtc_memory) {
  Device device(stage_.folder(), "dut", false);
  boot_full(device);
  boot_resumed(device);
  boot_resumed(device);
  device.lose_rtc();
  boot_full(device);
  stage_.expect_no_more();
}

TEST_F(DeviceResumption, a_power_loss_keeps_the_session_in_flash) {
  Device device(stage_.folder(), "dut");
  boot_full(device);
  boot_resumed(device);
  device.lose_rtc();
  boot_resumed(device);
  stage_.expect_no_more();
}

TEST_F(DeviceResumption,
       a_broker_that_does_not_know_the_session_gets_a_full_handshake_in_the_same_connection) {
  Device device(stage_.folder(), "dut");
  boot_full(device);
  stage_.restart_broker();
  proxy_.lead_to(stage_.port(Server::good));
  boot_full(device);
  boot_resumed(device);
  stage_.expect_no_more();
}

TEST_F(DeviceResumption, a_changed_setting_does_not_find_the_session) {
  Device device(stage_.folder(), "dut");
  boot_full(device);
  const Setting stranger{.fingerprints = {"00112233445566778899AABBCCDDEEFF00112233"}, .resume = true};
  boot(device, stranger, "not connected, code 1, mfln 1024",
       {"no handshake after certificate-sent, sent decode_error", "cause connection-closed-by-device"});
  boot(device, resume_, "connected, mfln 1024, resumed, reported 1",
       {kResumed, "is dut", "report e1/1 tasmota 1 FINGERPRINT_MISMATCH x1", "end disconnect"});
  stage_.expect_session(1, {"no handshake after certificate-sent, sent decode_error",
                            "cause connection-closed-by-device", "cause fingerprint-mismatch, told by dut"});
  stage_.expect_no_more();
}

TEST_F(DeviceResumption, noise_in_rtc_memory_is_no_session) {
  Device device(stage_.folder(), "dut", false);
  boot_full(device);
  std::string rtc = harness::read_file(device.rtc());
  for (std::size_t i = 0; i < rtc.size(); ++i)
    rtc[i] = static_cast<char>(rtc[i] ^ static_cast<char>(i * 37 + 11));
  harness::write_file(device.rtc(), rtc);
  boot_full(device);
  boot_resumed(device);
  stage_.expect_no_more();
}

TEST_F(DeviceResumption, is_off_unless_asked_for) {
  Device device(stage_.folder(), "dut");
  const Setting plain{.fingerprints = {"any"}};
  boot(device, plain, "connected, mfln 1024", {kFull, "is dut", "end disconnect"});
  boot(device, plain, "connected, mfln 1024", {kFull, "is dut", "end disconnect"});
  stage_.expect_no_more();
}

}  // namespace
}  // namespace tlswatch::device_scenarios
