#include <gtest/gtest.h>

#include <string>

#include "tests/daemon/catalog/run_command.h"

namespace tlswatch::test {
namespace {

struct Case {
  const char* name;
  const char* arguments;
  int exit_code;
  const char* out;
};
// clang-format off
const Case kExact[] = {
    {"json_of_62", "decode 62 --json", 0,
     R"json({"code":62,"stack":"bearssl","name":"BR_ERR_X509_NOT_TRUSTED","alert":null,"direction":null,"meaning":"the server's chain does not lead to a CA that the device trusts","causes":["server-cert-untrusted"],"fix":"Store the CA that signs the broker's certificate today. LetsEncrypt: firmware 13.4.1.2 or newer knows ISRG Root X1. Trust the root, not an intermediate, which changes at renewal. Or use fingerprint mode.","source":"bearssl_x509.h; Tasmota #22209, #10083"})json" "\n"},
    {"json_of_an_alert", "decode 304 --json", 0,
     R"json({"code":304,"stack":"bearssl","name":"BR_ERR_RECV_FATAL_ALERT+48 (TLS1_ALERT_UNKNOWN_CA)","alert":{"code":48,"name":"unknown_ca"},"direction":"received","meaning":"the broker does not know the CA that signed the device's certificate","causes":["client-cert-untrusted"],"fix":"Put that CA into the broker's cafile (with its intermediates) and reload, or issue the device a certificate from the CA the broker knows.","source":"bearssl_ssl.h; RFC 8446 section 6; IANA TLS Alerts"})json" "\n"},
    {"json_of_an_unnamed_alert_sent", "decode 767 --json", 0,
     R"json({"code":767,"stack":"bearssl","name":"BR_ERR_SEND_FATAL_ALERT+255","alert":{"code":255,"name":null},"direction":"sent","meaning":"the device sent an alert that is not registered","causes":["data-corrupted","not-tls"],"fix":"See which TLS software answers on that port; the number is not one of TLS' alerts.","source":"bearssl_ssl.h; RFC 8446 section 6; IANA TLS Alerts"})json" "\n"},
    {"json_of_an_unknown_code", "decode 61 --json", 1,
     R"json({"code":61,"stack":null,"name":null,"alert":null,"direction":null,"meaning":null,"causes":[],"fix":null,"source":null})json" "\n"},
    {"json_of_a_code_another_stack_does_not_have", "decode --stack mbedtls 79 --json", 1,
     R"json({"code":79,"stack":"mbedtls","name":null,"alert":null,"direction":null,"meaning":null,"causes":[],"fix":null,"source":null})json" "\n"},
    {"people_of_a_negative_code", "decode -1001", 0,
     "-1001  ERR_CANT_RESOLVE_IP  (tasmota)\n"
     "  side     device: its own finding\n"
     "  meaning  the broker's name could not be resolved to an address\n"
     "  causes   dns-failure\n"
     "  fix      Check the device's DNS server (IPAddress4) and the name in MqttHost. Firmware since\n"
     "           December 2022 shows this as MQTT rc -5 without a TLS code.\n"
     "  source   Tasmota, WiFiClientSecureLightBearSSL.h\n"},
    {"people_of_a_code_with_its_rc", "decode 0 --stack tasmota --rc -5", 0,
     "0  NO_TLS_ERROR, rc -5 (DNS)  (tasmota)\n"
     "  side     device: its own finding\n"
     "  meaning  the broker's name could not be resolved to an address\n"
     "  causes   dns-failure\n"
     "  fix      Check the device's DNS server (IPAddress4) and the name in MqttHost.\n"
     "  source   Tasmota since December 2022\n"},
    {"people_of_an_alert", "decode 372", 0,
     "372  BR_ERR_RECV_FATAL_ALERT+116 (TLS13_ALERT_CERTIFICATE_REQUIRED)  (bearssl)\n"
     "  side     broker: it sent the alert 116 certificate_required, the device received it\n"
     "  meaning  the broker requires a client certificate and none came (TLS 1.3)\n"
     "  causes   client-cert-missing\n"
     "  fix      Install a client certificate and key on the device, or set require_certificate false.\n"
     "           On TLS 1.2 the same fault is 296.\n"
     "  source   bearssl_ssl.h; RFC 8446 section 6; IANA TLS Alerts\n"},
    {"people_of_an_unknown_code", "decode 30", 1, "30 is no code that is known\n"},
    {"people_of_a_code_of_an_uncovered_stack", "decode 62 --stack wolfssl", 1, "62 is no code that is known for wolfssl\n"},
    {"version", "--version", 0, "tlswatch " TLSWATCH_VERSION "\n"},
    {"no_verb", "2>/dev/null", 2, ""},
    {"no_code", "decode 2>/dev/null", 2, ""},
    {"a_code_that_is_no_number", "decode 62x 2>&1", 2, "tlswatch decode: the number is malformed or beyond 32 bits, which no TLS stack's is\n"},
    {"an_empty_code", "decode '' 2>&1", 2, "tlswatch decode: there is no error code in it, nor a log line that is known; give a code such as 62, -1002, 0x7780 or 0A000418, or the whole line in quotes\n"},
    {"a_line_without_a_code", "decode 'all is well' 2>&1", 2, "tlswatch decode: there is no error code in it, nor a log line that is known; give a code such as 62, -1002, 0x7780 or 0A000418, or the whole line in quotes\n"},
    {"a_line_too_long", "decode $(printf '%5000s' | tr ' ' x) 2>&1", 2, "tlswatch decode: the line is longer than 4096 bytes: give the one line that has the error\n"},
    {"a_code_of_33_bits", "decode 4294967296 2>/dev/null", 2, ""},
    {"an_rc_that_is_no_number", "decode 0 --rc x 2>/dev/null", 2, ""},
    {"json_of_a_sum", "decode -0x21E2 --json", 0,
     R"json({"code":-8674,"stack":"mbedtls","name":"MBEDTLS_ERR_X509_INVALID_FORMAT + MBEDTLS_ERR_ASN1_UNEXPECTED_TAG","alert":null,"direction":null,"meaning":"a certificate's structure cannot be read; below it: another kind of field stands where one was expected","causes":["server-chain-malformed"],"fix":"Look at what the broker sends (`openssl s_client -connect HOST:PORT -showcerts`): the leaf first, each followed by its issuer, nothing else. Issue anew whatever is damaged or odd.","source":"mbedTLS 2.28, mbedtls/*.h"})json" "\n"},
    {"json_of_a_line_without_a_code", "decode '1795366544: Client lamp has exceeded timeout, disconnecting.' --json", 0,
     R"json({"code":null,"stack":null,"name":"has exceeded timeout","alert":null,"direction":null,"meaning":"nothing came from the client for 1.5 times its keepalive","causes":["keepalive-timeout","network-loss"],"fix":"The client was silent for 1.5 times its keepalive: look at its power, radio and restarts; TLS is not the cause.","source":"Mosquitto, its log"})json" "\n"},
    {"people_of_flags", "decode -0x2700 --detail 0x08", 0,
     "-9984 (-0x2700)  MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_NOT_TRUSTED  (mbedtls)\n"
     "  side     device: its own finding\n"
     "  meaning  the device rejects the server's certificate: a check of its chain, dates or name\n"
     "           failed: the chain does not lead to a CA that the device trusts\n"
     "  causes   server-cert-untrusted\n"
     "  fix      Give the device the CA that signs the broker's certificate today, the root and not an\n"
     "           intermediate (ESP-IDF: broker.verification.certificate or crt_bundle_attach; Arduino:\n"
     "           setCACert), and let the broker send its whole chain.\n"
     "  source   mbedTLS 2.28, mbedtls/*.h\n"},
    {"people_of_the_brokers_line", "decode '1795366544: OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number'", 0,
     "167772427 (0x0A00010B)  SSL_R_WRONG_VERSION_NUMBER  (openssl)\n"
     "  side     broker: its own finding\n"
     "  meaning  what the client sent has no TLS version: it speaks something else on this port\n"
     "  causes   plain-mqtt-on-tls-port, not-tls\n"
     "  fix      The client speaks plain MQTT, or something else, to the TLS port: switch TLS on in it\n"
     "           (Tasmota: SetOption103 1 in a TLS build), or point it at the plain listener.\n"
     "  source   OpenSSL 3.0, openssl/sslerr.h; run\n"},
    {"an_unknown_stack", "decode 62 --stack schannel 2>/dev/null", 2, ""},
    {"an_unknown_option", "decode 62 --frob 2>/dev/null", 2, ""},
    {"an_unknown_verb", "frobnicate 2>/dev/null", 2, ""},
};
// clang-format on
class Exact : public testing::TestWithParam<Case> {};
TEST_P(Exact, Output) {
  const Ran ran = tlswatch(GetParam().arguments);
  EXPECT_EQ(ran.exit_code, GetParam().exit_code);
  EXPECT_EQ(ran.out, GetParam().out);
}
INSTANTIATE_TEST_SUITE_P(Command, Exact, testing::ValuesIn(kExact),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Command, HexadecimalIsTheSameNumber) {
  EXPECT_EQ(tlswatch("decode 0x130 --json").out, tlswatch("decode 304 --json").out);
  EXPECT_EQ(tlswatch("decode -0x3EA --json").out, tlswatch("decode -1002 --json").out);
}

TEST(Command, AnAmbiguousNumberShowsBothReadings) {
  const Ran people = tlswatch("decode 1");
  EXPECT_EQ(people.exit_code, 0);
  EXPECT_EQ(people.out.find("1  FINGERPRINT_MISMATCH  (tasmota)\n"), 0U);
  EXPECT_NE(people.out.find("or, if it is a code of bearssl:\n1  BR_ERR_BAD_PARAM  (bearssl)\n"),
            std::string::npos);
  const Ran json = tlswatch("decode 1 --json");
  EXPECT_NE(json.out.find(R"("candidates":[{"code":1,"stack":"bearssl","name":"BR_ERR_BAD_PARAM")"),
            std::string::npos);
}

TEST(Command, ALineNeedsNoQuotes) {
  EXPECT_EQ(tlswatch("decode MQT: TLS connection error: 296 --json").out, tlswatch("decode 296 --json").out);
  EXPECT_EQ(tlswatch("decode mbedtls_ssl_handshake returned -0x7780 --json").out,
            tlswatch("decode -0x7780 --json").out);
}

TEST(Command, ABrokersLineIsReadFromTheBrokersSide) {
  const Ran ran = tlswatch(
      "decode \"1795366544: OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca\"");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_NE(ran.out.find("side     device: it sent the alert 48 unknown_ca to the broker\n"),
            std::string::npos);
  EXPECT_NE(ran.out.find("causes   server-cert-untrusted\n"), std::string::npos);
}

TEST(Command, SaysWhatWouldMakeAnotherReadingTheRightOne) {
  EXPECT_NE(tlswatch("decode -0x7300")
                .out.find("or, in another version:\n-29440 (-0x7300)  MBEDTLS_ERR_SSL_UNKNOWN"),
            std::string::npos);
  EXPECT_NE(tlswatch("decode error:0A000418:SSL").out.find("or, if it stands in the broker's log:\n"),
            std::string::npos);
}

TEST(Command, EveryCodeOfItsRangeAnswersZeroOrOne) {
  for (const int code : {-1006, -1005, -1000, -1, 0, 11, 31, 32, 60, 63, 255, 256, 511, 512, 767, 768}) {
    const int exit_code = tlswatch("decode " + std::to_string(code)).exit_code;
    EXPECT_TRUE(exit_code == 0 || exit_code == 1) << code;
  }
}

}  // namespace
}  // namespace tlswatch::test
