// What a device meets, and both sides of it: what the device says and remembers, what the log tells. Each row
// is a test, under every runner.
#include <gtest/gtest.h>

#include <ostream>

#include "device.h"
#include "stage.h"

namespace tlswatch::device_scenarios {
namespace {

// How a row names whom the device trusts.
constexpr const char* kByCa = "ca";
constexpr const char* kStranger = "00112233445566778899AABBCCDDEEFF00112233";

struct Attempt {
  Server server;
  const char* trust;  ///< kByCa: the good server's authority; else a fingerprint slot
  const char* answer;
  const char* memory;  ///< RTC afterwards
  std::vector<std::string> log;
  std::vector<std::string> told = {};  ///< what the log says of it besides, once its report has come
};

struct Scenario {
  const char* name;
  Build build;
  std::vector<Attempt> attempts;
};

void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

constexpr const char* kRsa = "TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured";
constexpr const char* kEcdheRsa = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured";
// A BearSSL client sends no alert: OpenSSL answers its silent close.
constexpr const char* kRefused = "no handshake after certificate-sent, sent decode_error";

const Scenario kScenarios[] = {
    {"healthy_at_mfln_1024",
     Build::rsa,
     {{Server::good, "any", "connected, mfln 1024", "1 boot", {kRsa, "is dut", "end disconnect"}}}},

    {"healthy_at_mfln_512",
     Build::rsa_512,
     {{Server::good,
       "any",
       "connected, mfln 512",
       "1 boot",
       {"TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 512 honoured", "is dut", "end disconnect"}}}},

    {"a_bad_fingerprint_then_it_learns_and_reports_and_has_learnt",
     Build::rsa,
     {{Server::good,
       kStranger,
       "not connected, code 1, mfln 1024",
       "1 boot; e1/1 tasmota 1 x1",
       {kRefused, "cause connection-closed-by-device"},
       {"cause fingerprint-mismatch, told by dut"}},
      {Server::good,
       "learn",
       "connected, mfln 1024, reported 1",
       "2 boots",
       {kRsa, "is dut", "report e1/1 tasmota 1 FINGERPRINT_MISMATCH x1", "end disconnect"}},
      {Server::other_ca,
       "learn",
       "not connected, code 1, mfln 1024",
       "3 boots; e1/2 tasmota 1 x1",
       {kRefused, "cause connection-closed-by-device"},
       {"cause fingerprint-mismatch, told by dut"}},
      {Server::good,
       "learn",
       "connected, mfln 1024, reported 1",
       "4 boots",
       {kRsa, "is dut", "report e1/2 tasmota 1 FINGERPRINT_MISMATCH x1", "end disconnect"}}}},

    {"an_unknown_authority_twice",
     Build::ecdhe_rsa,
     {{Server::other_ca,
       kByCa,
       "not connected, code 62, mfln 1024",
       "1 boot; e1/1 bearssl 62 x1",
       {kRefused, "cause connection-closed-by-device"},
       {"cause server-cert-untrusted, told by dut, of 2 sessions"}},
      {Server::other_ca,
       kByCa,
       "not connected, code 62, mfln 1024",
       "2 boots; e1/1 bearssl 62 x2",
       {kRefused, "cause connection-closed-by-device"},
       {"cause server-cert-untrusted, told by dut, of 2 sessions"}},
      {Server::good,
       kByCa,
       "connected, mfln 1024, reported 1",
       "3 boots",
       {kEcdheRsa, "is dut", "report e1/1 bearssl 62 BR_ERR_X509_NOT_TRUSTED x2", "end disconnect"}}}},

    {"an_expired_certificate",
     Build::ecdhe_rsa,
     {{Server::expired,
       kByCa,
       "not connected, code 54, mfln 1024",
       "1 boot; e1/1 bearssl 54 x1",
       {kRefused, "cause server-cert-expired"},
       {"cause server-cert-expired, told by dut"}},
      {Server::good,
       kByCa,
       "connected, mfln 1024, reported 1",
       "2 boots",
       {kEcdheRsa, "is dut", "report e1/1 bearssl 54 BR_ERR_X509_EXPIRED x1", "end disconnect"}}}},

    {"a_key_of_4096_bits",
     Build::rsa,
     {{Server::rsa4096,
       "any",
       "not connected, code 23, mfln 1024",
       "1 boot; e1/1 bearssl 23 x1",
       {kRefused, "cause server-key-too-large"},
       {"cause server-key-too-large, told by dut"}},
      {Server::good,
       "any",
       "connected, mfln 1024, reported 1",
       "2 boots",
       {kRsa, "is dut", "report e1/1 bearssl 23 BR_ERR_LIMIT_EXCEEDED x1", "end disconnect"}}}},

    {"a_broker_with_an_ecdsa_key_only",
     Build::rsa,
     {{Server::ec,
       "any",
       "not connected, code 296",
       "1 boot; e1/1 bearssl 296 x1",
       {"no handshake after client-hello, sent handshake_failure", "cause no-shared-cipher"},
       {"cause no-shared-cipher, told by dut"}},
      {Server::good,
       "any",
       "connected, mfln 1024, reported 1",
       "2 boots",
       {kRsa, "is dut",
        "report e1/1 bearssl 296 BR_ERR_RECV_FATAL_ALERT+40 (SSL3_ALERT_HANDSHAKE_FAILURE) x1",
        "end disconnect"}}}},

    {"an_ecdsa_build_and_that_broker",
     Build::ecdhe_ecdsa,
     {{Server::ec,
       "any",
       "connected, mfln 1024",
       "1 boot",
       {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured", "is dut", "end disconnect"}}}},

    {"an_aws_iot_build_and_a_broker_that_wants_its_certificate",
     Build::aws_iot,
     {{Server::mutual, kByCa, "connected, mfln 1024", "1 boot", {kEcdheRsa, "is dut", "end disconnect"}}}},

    {"a_broker_that_wants_a_certificate_of_a_device_that_has_none",
     Build::rsa,
     {{Server::mutual,
       "any",
       "not connected, code 296, mfln 1024",
       "1 boot; e1/1 bearssl 296 x1",
       {"no handshake after client-certificate, sent handshake_failure", "cause client-cert-missing"},
       {"cause client-cert-missing, told by dut"}},
      {Server::good,
       "any",
       "connected, mfln 1024, reported 1",
       "2 boots",
       {kRsa, "is dut",
        "report e1/1 bearssl 296 BR_ERR_RECV_FATAL_ALERT+40 (SSL3_ALERT_HANDSHAKE_FAILURE) x1",
        "end disconnect"}}}},

    {"a_broker_with_tls_1_3_only",
     Build::rsa,
     {{Server::tls13_only,
       "any",
       "not connected, code 326",
       "1 boot; e1/1 bearssl 326 x1",
       {"no handshake after client-hello, sent protocol_version", "cause protocol-version-unsupported"},
       {"cause protocol-version-unsupported, told by dut"}},
      {Server::good,
       "any",
       "connected, mfln 1024, reported 1",
       "2 boots",
       {kRsa, "is dut", "report e1/1 bearssl 326 BR_ERR_RECV_FATAL_ALERT+70 (TLS1_ALERT_PROTOCOL_VERSION) x1",
        "end disconnect"}}}},

    {"three_errors_oldest_first",
     Build::rsa,
     {{Server::tls13_only,
       "any",
       "not connected, code 326",
       "1 boot; e1/1 bearssl 326 x1",
       {"no handshake after client-hello, sent protocol_version", "cause protocol-version-unsupported"},
       {"cause protocol-version-unsupported, told by dut"}},
      {Server::rsa4096,
       "any",
       "not connected, code 23, mfln 1024",
       "2 boots; e1/1 bearssl 326 x1; e1/2 bearssl 23 x1",
       {kRefused, "cause server-key-too-large"},
       {"cause server-key-too-large, told by dut"}},
      {Server::good,
       kStranger,
       "not connected, code 1, mfln 1024",
       "3 boots; e1/1 bearssl 326 x1; e1/2 bearssl 23 x1; e1/3 tasmota 1 x1",
       {kRefused, "cause connection-closed-by-device"},
       {"cause fingerprint-mismatch, told by dut"}},
      {Server::good,
       "any",
       "connected, mfln 1024, reported 3",
       "4 boots",
       {kRsa, "is dut", "report e1/1 bearssl 326 BR_ERR_RECV_FATAL_ALERT+70 (TLS1_ALERT_PROTOCOL_VERSION) x1",
        "report e1/2 bearssl 23 BR_ERR_LIMIT_EXCEEDED x1", "report e1/3 tasmota 1 FINGERPRINT_MISMATCH x1",
        "end disconnect"}}}},
};

Setting setting(const Stage& stage, const Scenario& scenario, const Attempt& attempt) {
  Setting out{.build = scenario.build};
  if (attempt.trust == std::string(kByCa)) {
    out.cafile = stage.cafile(Server::good);
  } else {
    out.fingerprints = {attempt.trust};
  }
  if (scenario.build == Build::aws_iot) {
    out.certificate = stage.pki().certificate("client-ec");
    out.key = stage.pki().key("client-ec");
  }
  return out;
}

class DeviceScenario : public testing::TestWithParam<Scenario> {};
TEST_P(DeviceScenario, comes_out_on_both_sides) {
  Stage stage;
  Device device(stage.folder(), "dut");
  const std::vector<Attempt>& attempts = GetParam().attempts;
  std::size_t session = 0;
  for (const Attempt& attempt : attempts) {
    SCOPED_TRACE("attempt " + std::to_string(session + 1));
    EXPECT_EQ(device.boot(setting(stage, GetParam(), attempt), stage.port(attempt.server)), attempt.answer)
        << device.notes();
    EXPECT_EQ(device.memory(stage.eras()), attempt.memory);
    stage.expect_session(session++, attempt.log);
  }
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    std::vector<std::string> all = attempts[i].log;
    all.insert(all.end(), attempts[i].told.begin(), attempts[i].told.end());
    stage.expect_session(i, all);
  }
  stage.expect_no_more();
}
INSTANTIATE_TEST_SUITE_P(scenario, DeviceScenario, testing::ValuesIn(kScenarios),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tlswatch::device_scenarios
