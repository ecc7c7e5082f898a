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
    {"json_of_a_code_another_stack_does_not_have", "decode --stack mbedtls 62 --json", 1,
     R"json({"code":62,"stack":"mbedtls","name":null,"alert":null,"direction":null,"meaning":null,"causes":[],"fix":null,"source":null})json" "\n"},
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
    {"a_code_that_is_no_number", "decode 62x 2>&1", 2, "tlswatch decode: the code must be a whole number, such as 62, -1002 or 0x7780\n"},
    {"an_empty_code", "decode '' 2>&1", 2, "tlswatch decode: the code must be a whole number, such as 62, -1002 or 0x7780\n"},
    {"a_code_of_33_bits", "decode 4294967296 2>/dev/null", 2, ""},
    {"an_rc_that_is_no_number", "decode 0 --rc x 2>&1", 2, "tlswatch decode: --rc must be a whole number, such as -2 or 5\n"},
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

TEST(Command, EveryCodeOfItsRangeAnswersZeroOrOne) {
  for (const int code : {-1006, -1005, -1000, -1, 0, 11, 31, 32, 60, 63, 255, 256, 511, 512, 767, 768}) {
    const int exit_code = tlswatch("decode " + std::to_string(code)).exit_code;
    EXPECT_TRUE(exit_code == 0 || exit_code == 1) << code;
  }
}

}  // namespace
}  // namespace tlswatch::test
