// The device's power is cut in the midst of a connection, exactly between two TLS records; the next boot goes
// on.
#include <gtest/gtest.h>

#include <ostream>

#include "device.h"
#include "stage.h"
#include "tls_proxy.h"

namespace tlswatch::device_scenarios {
namespace {

constexpr const char* kRsa = "TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured";
constexpr const char* kReport = "report e1/1 tasmota 1 FINGERPRINT_MISMATCH x1";
const std::string kCause = "cause fingerprint-mismatch";
const std::string kByDut = ", told by dut";
const std::vector<std::string> kRefused = {"no handshake after certificate-sent, sent decode_error",
                                           "cause connection-closed-by-device"};
const std::vector<std::string> kReports = {kRsa, "is dut", kReport, "end disconnect"};

struct PowerCut {
  const char* name;
  RecordPlace held;                          ///< the device dies while this record is on its way
  std::vector<std::string> log;              ///< of the session that was cut
  std::vector<std::string> next = kReports;  ///< of the session of the boot after it
  std::vector<std::string> told = {kCause +
                                   kByDut};  ///< of the error of the boot before it, once it has come
  bool taken_over = false;  ///< by the next boot; else it ends when the device's end is told at last
};

void PrintTo(const PowerCut& cut, std::ostream* out) {
  *out << cut.name;
}

// Mosquitto 2.0 gives a plugin no reason for an end, and a take-over leaves no trace on the wire.
constexpr const char* kTakenOver = "end unknown";
constexpr const char* kTakeOver = "Client dut already connected, closing old connection.";

// A device that dies before its CONNECT looks like one that leaves on purpose, and how long the connection
// was there makes the difference.
constexpr const char* kSilentAfterTls = "cause server-cert-untrusted or cause scanner";

// The device has had a session since its error, which does not tell of it: whose the failure before that one
// was cannot be proved any more, and its cause stands with the session that reports it.
const std::vector<std::string> kReportsLate = {kRsa, "is dut", kReport, kCause, "end disconnect"};

// A power cut is no error: it leaves none in memory. What was there stays.
constexpr const char* kStays = "2 boots; e1/1 tasmota 1 x1";

const PowerCut kCuts[] = {
    {"before_the_server_hello_comes",
     {From::broker, RecordType::handshake, 1},
     {"no handshake after certificate-sent, sent decode_error", "cause connection-closed-by-device"}},
    {"before_its_key_exchange_goes",
     {From::device, RecordType::handshake, 2},
     {"no handshake after certificate-sent, sent decode_error", "cause connection-closed-by-device"}},
    {"before_its_finished_goes",
     {From::device, RecordType::handshake, 3},
     {"no handshake after key-exchange, sent decode_error", "cause connection-closed-by-device"}},
    {"before_the_server_s_finished_comes",
     {From::broker, RecordType::change_cipher_spec, 1},
     {kRsa, "end closed", kSilentAfterTls}},
    {"between_connect_and_connack",
     {From::broker, RecordType::application_data, 1},
     {kRsa, "is dut", kTakenOver},
     kReportsLate,
     {},
     true},
    {"between_publish_and_puback",
     {From::broker, RecordType::application_data, 2},
     {kRsa, "is dut", kReport, kTakenOver},
     {kRsa, "is dut", "end disconnect"},
     {kCause + kByDut},
     true},
};

class DevicePowerCut : public testing::TestWithParam<PowerCut> {
 protected:
  // Boot 1 leaves an error, boot 2 dies on its way to report it.
  void fail_then_die() {
    const Setting stranger{.fingerprints = {"00112233445566778899AABBCCDDEEFF00112233"}};
    EXPECT_EQ(device_.boot(stranger, stage_.port(Server::good)), "not connected, code 1, mfln 1024");
    stage_.expect_session(0, kRefused);
    proxy_.lead_to(stage_.port(Server::good));
    proxy_.hold(GetParam().held);
    device_.start(any_, proxy_.port());
    ASSERT_TRUE(proxy_.wait_held()) << device_.notes();
    device_.cut_power();
    EXPECT_EQ(device_.memory(stage_.eras()), kStays);
  }

  // The broker has not seen the device go; boot 3 finds its old connection still there. A report that has
  // come before is the same by what the error is called, and is not said twice.
  void come_back() {
    EXPECT_EQ(device_.boot(any_, stage_.port(Server::good)), "connected, mfln 1024, reported 1");
    stage_.expect_session(2, GetParam().next);
    std::vector<std::string> refused = kRefused;
    refused.insert(refused.end(), GetParam().told.begin(), GetParam().told.end());
    stage_.expect_session(0, refused);
    const bool taken_over = stage_.broker_log().find(kTakeOver) != std::string::npos;
    EXPECT_EQ(taken_over, GetParam().taken_over) << stage_.broker_log();
    proxy_.let_go();
    stage_.expect_session(1, GetParam().log);
    stage_.expect_no_more();
  }

  Stage stage_;
  Device device_{stage_.folder(), "dut"};
  TlsProxy proxy_;
  const Setting any_{.fingerprints = {"any"}};
};

TEST_P(DevicePowerCut, then_a_reset) {
  fail_then_die();
  come_back();
  EXPECT_EQ(device_.memory(stage_.eras()), "3 boots");
}

TEST_P(DevicePowerCut, then_rtc_memory_is_lost) {
  fail_then_die();
  device_.lose_rtc();
  come_back();
  // Flash had counted the first boot only.
  EXPECT_EQ(device_.memory(stage_.eras()), "2 boots");
}

INSTANTIATE_TEST_SUITE_P(cut, DevicePowerCut, testing::ValuesIn(kCuts),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device_scenarios
