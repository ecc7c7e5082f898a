// Whole lines, as they are pasted from logs.
#include "daemon/core/catalog/line.h"

#include <gtest/gtest.h>

#include "daemon/core/catalog/line_tables.h"

namespace tlswatch::catalog {
namespace {

using enum Cause;
constexpr auto kNone = std::nullopt;

struct Line {
  const char* name;
  const char* text;
  const char* answer;  ///< its name
  std::optional<Stack> stack;
  Side side;
  Cause cause;  ///< the first
};
constexpr auto kDevice = Side::device;
constexpr auto kBroker = Side::broker;
// clang-format off
const Line kLines[] = {
    {"tasmota", "MQT: TLS connection error: 296", "BR_ERR_RECV_FATAL_ALERT+40 (SSL3_ALERT_HANDSHAKE_FAILURE)", Stack::bearssl, kDevice, no_shared_cipher},
    {"tasmota_with_its_time", "22:26:05.123 MQT: TLS connection error: -1002", "ERR_TCP_CONNECT", Stack::tasmota, kDevice, tcp_connect_failure},
    {"tasmota_syslog", "<134>1 1970-01-01T00:00:02.096000+01:00 lamp tasmota - - MQT: TLS connection error: 62", "BR_ERR_X509_NOT_TRUSTED", Stack::bearssl, kDevice, server_cert_untrusted},
    {"tasmota_rc", "00:00:12 MQT: Connect failed to broker.example:8883, rc 5. Retry in 10 sec", "NO_TLS_ERROR, rc 5 (not authorized)", Stack::tasmota, kDevice, credentials_refused},
    {"tasmota_rc_in_german", "MQT: Verbindung fehlgeschlagen aufgrund von broker:8883, rc -2. Wiederversuch in 10", "NO_TLS_ERROR, rc -2 (MQTT_CONNECT_FAILED)", Stack::tasmota, kDevice, tls_on_plain_port},
    {"tasmota_mfln", "MQT: MFLN not supported by TLS server", "MFLN not supported by TLS server", kNone, kDevice, mfln_not_negotiated},
    {"esp_idf_handshake", "E (5418) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7780", "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE", Stack::mbedtls, kDevice, client_cert_missing},
    {"esp_idf_rejected_with_flags", "I (5421) esp-tls-mbedtls: Failed to verify peer certificate!, mbedtls_ssl_handshake returned -0x2700, flags: 0x00000008", "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_NOT_TRUSTED", Stack::mbedtls, kDevice, server_cert_untrusted},
    {"esp_idf_rejected", "I (5421) esp-tls-mbedtls: Failed to verify peer certificate!", "Failed to verify peer certificate", kNone, kDevice, server_cert_untrusted},
    {"esp_idf_verification_info", "I (5425) esp-tls-mbedtls: verification info:   ! The certificate validity starts in the future", "MBEDTLS_X509_BADCERT_FUTURE", kNone, kDevice, device_clock_wrong},
    {"esp_idf_dns", "E (2233) esp-tls: couldn't get hostname for :mqtt.local: getaddrinfo() returns 202, addrinfo=0x0", "couldn't get hostname", kNone, kDevice, dns_failure},
    {"esp_idf_tcp", "E (9531) esp-tls: [sock=54] delayed connect error: Connection reset by peer", "delayed connect error", kNone, kDevice, tcp_connect_failure},
    {"esp_mqtt_error", "I (5438) MQTT_EXAMPLE: Last error code reported from esp-tls: 0x801a", "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED", Stack::esp_tls, kDevice, server_cert_untrusted},
    {"esp_mqtt_stack", "I (5441) MQTT_EXAMPLE: Last tls stack error number: 0x2700", "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED", Stack::mbedtls, kDevice, server_cert_untrusted},
    {"esp_mqtt_refused", "I (812) MQTT_EXAMPLE: Connection refused error: 0x5", "NO_TLS_ERROR, rc 5 (not authorized)", Stack::esp_tls, kDevice, credentials_refused},
    {"esp_err_by_name", "ESP-TLS ERROR: ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT", "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT", Stack::esp_tls, kDevice, handshake_timeout},
    {"arduino",
     "[  5125][E][ssl_client.cpp:37] _handle_error(): [start_ssl_client():273]: (-9984) X509 - Certificate "
     "verification failed, e.g. CRL, CA or signature check failed",
     "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED", Stack::mbedtls, kDevice, server_cert_untrusted},
    {"mbedtls_by_name", "failed: MBEDTLS_ERR_SSL_ALLOC_FAILED", "MBEDTLS_ERR_SSL_ALLOC_FAILED", Stack::mbedtls, kDevice, device_out_of_memory},
    {"wolfssl", "wolfSSL error occurred, error = -188 line:11234 file:src/internal.c", "ASN_NO_SIGNER_E", Stack::wolfssl, kDevice, server_cert_untrusted},
    {"wolfssl_without_its_sign", "wolfSSL error occurred, error = 188", "ASN_NO_SIGNER_E", Stack::wolfssl, kDevice, server_cert_untrusted},
    {"wolfssl_of_esp_tls", "E (4711) esp-tls-wolfssl: wolfSSL_connect returned -1, error code: -322", "DOMAIN_NAME_MISMATCH", Stack::wolfssl, kDevice, server_name_mismatch},
    {"openssl_3", "error:0A000418:SSL routines::tlsv1 alert unknown ca", "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, kDevice, client_cert_untrusted},
    {"openssl_1", "140735:error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:s3_pkt.c:1472:SSL alert number 40", "SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE", Stack::openssl, kDevice, no_shared_cipher},
    {"openssl_alert_number", "tls read failed: SSL alert number 48", "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, kDevice, client_cert_untrusted},
    {"s_client_verify_error", "verify error:num=20:unable to get local issuer certificate", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", Stack::openssl, kDevice, server_cert_untrusted},
    {"s_client_verify_return", "    Verify return code: 10 (certificate has expired)", "X509_V_ERR_CERT_HAS_EXPIRED", Stack::openssl, kDevice, server_cert_expired},
    {"python", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:997)", "SSL_R_CERTIFICATE_VERIFY_FAILED, X509_V_ERR_CERT_HAS_EXPIRED", Stack::openssl, kDevice, server_cert_expired},
    {"python_alert", "ssl.SSLError: [SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca (_ssl.c:2580)", "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, kDevice, client_cert_untrusted},
    {"node", "Error: self-signed certificate in certificate chain code: 'SELF_SIGNED_CERT_IN_CHAIN'", "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN", Stack::openssl, kDevice, server_cert_untrusted},
    {"node_alert", "code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'", "SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE", Stack::openssl, kDevice, no_shared_cipher},
    {"pubsubclient", "Attempting MQTT connection...failed, rc=-2 try again in 5 seconds", "NO_TLS_ERROR, rc -2 (MQTT_CONNECT_FAILED)", kNone, kDevice, tls_on_plain_port},
    {"esp_idf_bundle", "E (4120) esp-x509-crt-bundle: PK verify failed with error 0x4290", "MBEDTLS_ERR_RSA_PUBLIC_FAILED + MBEDTLS_ERR_MPI_ALLOC_FAILED", Stack::mbedtls, kDevice, device_out_of_memory},
    {"s_client_verification_error", "Verification error: self-signed certificate", "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT", Stack::openssl, kDevice, server_cert_untrusted},
    {"mosquitto_pub_tls", "Unable to connect (A TLS error occurred.).", "A TLS error occurred", kNone, kDevice, server_cert_untrusted},
    {"paho", "Connected with result code 5", "NO_TLS_ERROR, rc 5 (not authorized)", kNone, kDevice, credentials_refused},
    {"mosquitto_pub", "Connection error: Connection Refused: not authorised.", "Connection Refused: not authorised", kNone, kDevice, credentials_refused},
    {"mosquitto_alert", "1795366544: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca", "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, kBroker, server_cert_untrusted},
    {"mosquitto_no_shared_cipher", "2026-11-23T22:26:05: OpenSSL Error[0]: error:0A0000C1:SSL routines::no shared cipher", "SSL_R_NO_SHARED_CIPHER", Stack::openssl, kBroker, no_shared_cipher},
    {"mosquitto_journal", "Nov 23 22:26:05 edge mosquitto[712]: OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number", "SSL_R_WRONG_VERSION_NUMBER", Stack::openssl, kBroker, plain_mqtt_on_tls_port},
    {"mosquitto_client_certificate", "1795366544: OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed", "SSL_R_CERTIFICATE_VERIFY_FAILED", Stack::openssl, kBroker, client_cert_untrusted},
    {"mosquitto_no_client_certificate", "1795366544: OpenSSL Error[0]: error:0A0000C7:SSL routines::peer did not return a certificate", "SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE", Stack::openssl, kBroker, client_cert_missing},
    {"mosquitto_old", "1616161616: Client connection from 10.0.0.7 failed: error:1417A0C1:SSL routines:tls_post_process_client_hello:no shared cipher.", "SSL_R_NO_SHARED_CIPHER", Stack::openssl, kBroker, no_shared_cipher},
    {"mosquitto_protocol_error", "1795366544: Client <unknown> disconnected: Protocol error.", "disconnected: Protocol error", kNone, kBroker, unknown},
    {"mosquitto_2_1_protocol_error", "1795366544: Client <unknown> [10.0.0.7:4321] disconnected: protocol error.", "disconnected: Protocol error", kNone, kBroker, unknown},
    {"mosquitto_timeout", "1795366544: Client lamp has exceeded timeout, disconnecting.", "has exceeded timeout", kNone, kBroker, keepalive_timeout},
    {"mosquitto_take_over", "1795366544: Client lamp already connected, closing old connection.", "already connected", kNone, kBroker, session_taken_over},
    {"mosquitto_connack", "1795366544: Sending CONNACK to lamp (0, 5)", "NO_TLS_ERROR, rc 5 (not authorized)", kNone, kDevice, credentials_refused},
    {"a_code_by_itself", "  62\n", "BR_ERR_X509_NOT_TRUSTED", Stack::bearssl, kDevice, server_cert_untrusted},
    {"openssls_eight_digits", "0A000418", "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, kDevice, client_cert_untrusted},
    {"a_name_by_itself", "BR_ERR_X509_EXPIRED", "BR_ERR_X509_EXPIRED", Stack::bearssl, kDevice, server_cert_expired},
};
// clang-format on
class Lines : public testing::TestWithParam<Line> {};
TEST_P(Lines, AreRead) {
  const Line& line = GetParam();
  const auto answer = decode_line(line.text);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->name, line.answer);
  EXPECT_EQ(answer->stack, line.stack);
  EXPECT_EQ(answer->side, line.side);
  ASSERT_FALSE(answer->causes.empty());
  EXPECT_EQ(cause_id(*answer->causes.begin()), cause_id(line.cause));
}
INSTANTIATE_TEST_SUITE_P(Pasted, Lines, testing::ValuesIn(kLines),
                         [](const auto& row) { return std::string(row.param.name); });

struct Refusal {
  const char* name;
  std::string text;
  LineError error;
};
const Refusal kRefusals[] = {
    {"nothing", "", LineError::empty},
    {"blanks", " \t\r\n", LineError::empty},
    {"a_word", "hello", LineError::no_code},
    {"a_line_without_an_error", "MQT: TLS connected in 812 ms, max ThunkStack used 5012", LineError::no_code},
    {"a_pattern_without_its_number", "MQT: TLS connection error: ", LineError::no_code},
    {"a_number_that_ends_in_letters", "62x", LineError::bad_number},
    {"33_bits", "4294967296", LineError::bad_number},
    {"a_long_number", std::string(60, '9'), LineError::bad_number},
    {"two_signs", "--62", LineError::no_code},
    {"a_long_line", std::string(kMaxLineBytes + 1, 'x'), LineError::too_long},
};
class Refusals : public testing::TestWithParam<Refusal> {};
TEST_P(Refusals, SayWhy) {
  const auto answer = decode_line(GetParam().text);
  ASSERT_FALSE(answer) << answer->name;
  EXPECT_EQ(answer.error(), GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(Pasted, Refusals, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Context, GoesBeforeWhatTheLineSays) {
  EXPECT_EQ(decode_line("62", {Stack::openssl, std::nullopt})->name, "X509_V_ERR_HOSTNAME_MISMATCH");
  EXPECT_EQ(decode_line("Last tls stack error number: 0x13A", {Stack::wolfssl, std::nullopt})->name,
            "ENCRYPT_ERROR");
  EXPECT_EQ(decode_line("returned -0x2700, flags: 0x8", {std::nullopt, 0x01})->name,
            "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_EXPIRED");
}

TEST(OpensslLine, WithoutTheBrokersTimeHasBothReadings) {
  const auto answer = decode_line("OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->candidates.size(), 1U);
  EXPECT_EQ(answer->direction, Direction::received);
  EXPECT_EQ(answer->candidates.front().direction, Direction::sent);
  EXPECT_EQ(answer->candidates.front().side, Side::broker);
}

TEST(LineTables, AreWhole) {
  for (const LinePattern& pattern : line_patterns()) EXPECT_FALSE(pattern.before.empty());
  for (const Remark& remark : remarks()) {
    const auto answer = decode_line(remark.text);
    ASSERT_TRUE(answer) << remark.text;
    EXPECT_EQ(answer->name, remark.name) << "another row takes this text first";
    for (const char c : remark.text) EXPECT_FALSE(c >= 'A' && c <= 'Z') << remark.text;
  }
  for (const VerifyPhrase& phrase : verify_phrases()) {
    EXPECT_TRUE(lookup(phrase.result, Stack::openssl).known()) << phrase.text;
  }
}

}  // namespace
}  // namespace tlswatch::catalog
