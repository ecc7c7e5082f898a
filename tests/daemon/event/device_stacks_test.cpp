// A device report of each stack: the event has the code's name and meaning, and where no rule speaks, the
// diagnosis has the catalog's cause and fix.
#include <gtest/gtest.h>

#include "daemon/core/event/diagnosis.h"
#include "daemon/core/event/pipeline.h"
#include "support/draft.h"

namespace tlswatch::test {
namespace {

using namespace event;  // NOLINT: the subject

struct ReportedCase {
  const char* name;
  const char* entry;  ///< of the report: stack, phase, code, detail
  const char* code_name;
  const char* meaning;  ///< how it begins
  const char* cause;
};
// clang-format off
const ReportedCase kReported[] = {
    {"tasmota", R"("s":"tasmota","ph":"dns","c":-1001,"d":0)", "ERR_CANT_RESOLVE_IP", "the broker's name could not be resolved", "dns-failure"},
    {"tasmota_mqtt", R"("s":"tasmota","ph":"mqtt","c":0,"d":5)", "NO_TLS_ERROR, rc 5 (not authorized)", "TLS succeeded; the broker refused this client", "credentials-refused"},
    {"bearssl", R"("s":"bearssl","ph":"tls","c":62,"d":0)", "BR_ERR_X509_NOT_TRUSTED", "the server's chain does not lead to a CA", "server-cert-untrusted"},
    {"mbedtls", R"("s":"mbedtls","ph":"tls","c":-30592,"d":0)", "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE", "the broker sent a fatal alert", "client-cert-missing"},
    {"mbedtls_flags", R"("s":"mbedtls","ph":"tls","c":-9984,"d":4)", "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_CN_MISMATCH", "the device rejects the server's certificate", "server-name-mismatch"},
    {"mbedtls_sum", R"("s":"mbedtls","ph":"tls","c":-17040,"d":0)", "MBEDTLS_ERR_RSA_PUBLIC_FAILED + MBEDTLS_ERR_MPI_ALLOC_FAILED", "an RSA public-key operation failed", "device-out-of-memory"},
    {"wolfssl", R"("s":"wolfssl","ph":"tls","c":-188,"d":0)", "ASN_NO_SIGNER_E", "the chain does not lead to a CA", "server-cert-untrusted"},
    {"openssl_packed", R"("s":"openssl","ph":"tls","c":167773208,"d":0)", "SSL_R_TLSV1_ALERT_UNKNOWN_CA", "the broker does not know the CA that signed the device's", "client-cert-untrusted"},
    {"openssl_reason", R"("s":"openssl","ph":"tls","c":134,"d":10)", "SSL_R_CERTIFICATE_VERIFY_FAILED, X509_V_ERR_CERT_HAS_EXPIRED", "the peer's certificate failed its check", "server-cert-expired"},
    {"esp_tls", R"("s":"esp-tls","ph":"tcp","c":32772,"d":0)", "ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST", "the TCP connection was refused", "tcp-connect-failure"},
    {"esp_tls_flags", R"("s":"esp-tls","ph":"tls","c":32794,"d":8)", "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, flags BADCERT_NOT_TRUSTED", "the TLS handshake failed", "server-cert-untrusted"},
    {"esp_tls_mqtt_5", R"("s":"esp-tls","ph":"mqtt","c":0,"d":142)", "NO_TLS_ERROR, MQTT 5: Session taken over", "another connection with the same client id", "session-taken-over"},
};
// clang-format on
class Reported : public testing::TestWithParam<ReportedCase> {};
TEST_P(Reported, has_name_meaning_cause_and_fix) {
  const ReportedCase& expected = GetParam();
  Draft draft(wire::RecordType::device_report, 4);
  draft.text(wire::Section::client_id, "d").text(wire::Section::topic, "tlswatch/report/d");
  draft.text(wire::Section::payload,
             R"({"v":1,"era":1,"boot":1,"up":9,"errs":[{"seq":1,"n":1,"t":1795366544,)" +
                 std::string(expected.entry) + "}]}");
  Pipeline pipeline(Pipeline::Settings{});
  std::size_t reports = 0;
  std::size_t diagnoses = 0;
  pipeline.take({0, "edge-1", false}, 0x77, draft.record(1), [&](const Event& event) {
    if (const auto* report = std::get_if<DeviceReport>(&event)) {
      ++reports;
      EXPECT_EQ(report->name, expected.code_name);
      ASSERT_TRUE(report->meaning);
      EXPECT_TRUE(report->meaning->starts_with(expected.meaning)) << *report->meaning;
    }
    if (const auto* diagnosis = std::get_if<Diagnosis>(&event)) {
      ++diagnoses;
      EXPECT_EQ(diagnosis->cause, expected.cause);
      EXPECT_NE(diagnosis->fix, kUnknownFix);
    }
  });
  EXPECT_EQ(reports, 1U);
  EXPECT_EQ(diagnoses, 1U);
}
INSTANTIATE_TEST_SUITE_P(EachStack, Reported, testing::ValuesIn(kReported),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::test
