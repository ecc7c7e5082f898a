#include "daemon/core/catalog/catalog.h"

#include <bearssl.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "daemon/core/catalog/tables.h"
#include "daemon/core/tls/alert.h"

namespace tlswatch::catalog {
namespace {

/// name -> number, for every macro of that prefix in a header of Debian's libbearssl-dev.
std::map<std::string, int> macros(const char* header, const char* prefix) {
  std::ifstream in(header);
  EXPECT_TRUE(in) << header;
  std::map<std::string, int> out;
  const std::regex define(std::string("#define (") + prefix + R"(\w+)\s+(\d+))");
  std::string line;
  while (std::getline(in, line)) {
    std::smatch m;
    if (std::regex_search(line, m, define)) out[m[1]] = std::stoi(m[2]);
  }
  return out;
}

TEST(Bearssl, EveryErrorOfItsHeadersIsThereAndNothingElse) {
  auto theirs = macros("/usr/include/bearssl/bearssl_ssl.h", "BR_ERR_");
  theirs.merge(macros("/usr/include/bearssl/bearssl_x509.h", "BR_ERR_X509_"));
  EXPECT_EQ(theirs["BR_ERR_RECV_FATAL_ALERT"], 256);
  EXPECT_EQ(theirs["BR_ERR_SEND_FATAL_ALERT"], 512);
  theirs.erase("BR_ERR_RECV_FATAL_ALERT");
  theirs.erase("BR_ERR_SEND_FATAL_ALERT");
  ASSERT_GT(theirs.size(), 55U);
  std::map<std::string, int> ours;
  for (const auto table : {bearssl_ssl_entries(), bearssl_x509_entries()}) {
    for (const Entry& entry : table) ours[std::string(entry.name)] = entry.code;
  }
  EXPECT_EQ(ours, theirs);
}

TEST(Bearssl, EveryAlertOfItsHeaderHasItsName) {
  const auto theirs = macros("/usr/include/bearssl/bearssl_ssl.h", "BR_ALERT_");
  ASSERT_GT(theirs.size(), 20U);
  for (const auto& [name, code] : theirs) {
    std::string lower = name.substr(std::string("BR_ALERT_").size());
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(tls::alert_name(static_cast<std::uint8_t>(code)), lower);
  }
}

static_assert(BR_ERR_X509_NOT_TRUSTED == 62 && BR_ERR_LIMIT_EXCEEDED == 23);

std::string contract_list() {
  std::string out;
  for (const std::string_view id : kCauseIds) out += std::string(id) + '\n';
  return out;
}

TEST(Causes, AreTheContractsInItsOrder) {
  EXPECT_EQ(kCauseCount, 39U);
  EXPECT_EQ(contract_list(),
            "server-cert-untrusted\nserver-cert-expired\nserver-cert-not-yet-valid\ndevice-clock-wrong\n"
            "server-name-mismatch\nfingerprint-mismatch\nserver-key-too-large\nserver-key-type-unsupported\n"
            "signature-algorithm-unsupported\nserver-chain-malformed\nno-shared-cipher\n"
            "protocol-version-unsupported\nmfln-not-negotiated\nmfln-not-honoured\nrecord-too-large\n"
            "client-cert-missing\nclient-cert-untrusted\nclient-cert-expired\nclient-cert-revoked\n"
            "client-key-missing\ncredentials-refused\npsk-identity-unknown\npsk-mismatch\n"
            "plain-mqtt-on-tls-port\ntls-on-plain-port\nnot-tls\nscanner\nhandshake-timeout\n"
            "connection-closed-by-device\nconnection-reset\nnetwork-loss\ndns-failure\ntcp-connect-failure\n"
            "device-out-of-memory\ndevice-no-random\ndata-corrupted\nkeepalive-timeout\nsession-taken-over\n"
            "unknown\n");
}

TEST(Causes, GoToTheirIdsAndBack) {
  for (std::size_t i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    EXPECT_EQ(find_cause(cause_id(cause)), cause);
  }
  EXPECT_EQ(cause_id(Cause::plain_mqtt_on_tls_port), "plain-mqtt-on-tls-port");
  EXPECT_EQ(find_cause("no-such-cause"), std::nullopt);
}

struct Row {
  const char* name;
  std::int32_t code;
  std::optional<Stack> stack;
  std::optional<std::int32_t> rc;
  const char* answer;  ///< its name
  std::optional<Stack> owner;
  std::vector<Cause> causes;
  std::vector<const char*> candidates;
};
using enum Cause;
constexpr auto kNone = std::nullopt;
// clang-format off
const Row kRows[] = {
    {"out_of_memory", -1000, kNone, kNone, "ERR_OOM", Stack::tasmota, {device_out_of_memory}, {}},
    {"cannot_resolve", -1001, kNone, kNone, "ERR_CANT_RESOLVE_IP", Stack::tasmota, {dns_failure}, {}},
    {"cannot_connect", -1002, kNone, kNone, "ERR_TCP_CONNECT", Stack::tasmota, {tcp_connect_failure, network_loss}, {}},
    {"missing_ec_key", -1003, kNone, kNone, "ERR_MISSING_EC_KEY", Stack::tasmota, {client_key_missing}, {}},
    {"missing_ca", -1004, kNone, kNone, "ERR_MISSING_CA", Stack::tasmota, {server_cert_untrusted}, {}},
    {"handshake_timed_out", -1005, kNone, kNone, "ERR_TLS_TIMEOUT", Stack::tasmota, {handshake_timeout, network_loss}, {}},
    {"one_is_first_a_fingerprint", 1, kNone, kNone, "FINGERPRINT_MISMATCH", Stack::tasmota, {fingerprint_mismatch}, {"BR_ERR_BAD_PARAM"}},
    {"one_of_bearssl_is_bad_param", 1, Stack::bearssl, kNone, "BR_ERR_BAD_PARAM", Stack::bearssl, {fingerprint_mismatch}, {}},
    {"one_of_tasmota_is_a_fingerprint", 1, Stack::tasmota, kNone, "FINGERPRINT_MISMATCH", Stack::tasmota, {fingerprint_mismatch}, {}},
    {"two_is_first_bad_state", 2, kNone, kNone, "BR_ERR_BAD_STATE", Stack::bearssl, {unknown, fingerprint_mismatch}, {"SUSPICIOUS_KEY"}},
    {"two_of_tasmota_is_a_suspicious_key", 2, Stack::tasmota, kNone, "SUSPICIOUS_KEY", Stack::tasmota, {fingerprint_mismatch, server_key_type_unsupported}, {}},
    {"zero_asks_for_the_rc", 0, kNone, kNone, "NO_TLS_ERROR", Stack::tasmota, {credentials_refused, tls_on_plain_port, connection_closed_by_device, network_loss}, {"BR_ERR_OK"}},
    {"zero_with_rc_5_is_the_password", 0, Stack::tasmota, 5, "NO_TLS_ERROR, rc 5 (not authorized)", Stack::tasmota, {credentials_refused}, {}},
    {"zero_with_rc_4_is_the_password", 0, Stack::tasmota, 4, "NO_TLS_ERROR, rc 4 (bad user name or password)", Stack::tasmota, {credentials_refused}, {}},
    {"zero_with_rc_minus_2_is_a_plain_port_or_lost", 0, Stack::tasmota, -2, "NO_TLS_ERROR, rc -2 (MQTT_CONNECT_FAILED)", Stack::tasmota, {tls_on_plain_port, handshake_timeout, connection_reset, network_loss}, {}},
    {"zero_with_rc_minus_5_is_dns", 0, Stack::tasmota, -5, "NO_TLS_ERROR, rc -5 (DNS)", Stack::tasmota, {dns_failure}, {}},
    {"zero_with_an_rc_nobody_knows_is_zero", 0, Stack::tasmota, 77, "NO_TLS_ERROR", Stack::tasmota, {credentials_refused, tls_on_plain_port, connection_closed_by_device, network_loss}, {}},
    {"an_rc_beside_another_code_changes_nothing", 62, kNone, -2, "BR_ERR_X509_NOT_TRUSTED", Stack::bearssl, {server_cert_untrusted}, {}},
    {"six_is_a_record_too_large", 6, kNone, kNone, "BR_ERR_TOO_LARGE", Stack::bearssl, {record_too_large, mfln_not_negotiated, mfln_not_honoured}, {}},
    {"twenty_three_is_the_servers_key", 23, kNone, kNone, "BR_ERR_LIMIT_EXCEEDED", Stack::bearssl, {server_key_too_large}, {}},
    {"forty_nine_is_a_hash_or_feature", 49, kNone, kNone, "BR_ERR_X509_UNSUPPORTED", Stack::bearssl, {signature_algorithm_unsupported, server_key_type_unsupported}, {}},
    {"fifty_four_is_expiry_or_the_clock", 54, kNone, kNone, "BR_ERR_X509_EXPIRED", Stack::bearssl, {server_cert_expired, device_clock_wrong, server_cert_not_yet_valid}, {}},
    {"fifty_six_is_the_name", 56, kNone, kNone, "BR_ERR_X509_BAD_SERVER_NAME", Stack::bearssl, {server_name_mismatch}, {}},
    {"sixty_two_printed_by_tasmota_is_bearssls", 62, Stack::tasmota, kNone, "BR_ERR_X509_NOT_TRUSTED", Stack::bearssl, {server_cert_untrusted}, {}},
    {"eleven_does_not_exist", 11, kNone, kNone, "", kNone, {}, {}},
    {"thirty_does_not_exist", 30, kNone, kNone, "", kNone, {}, {}},
    {"sixty_one_does_not_exist", 61, kNone, kNone, "", kNone, {}, {}},
    {"sixty_three_does_not_exist", 63, kNone, kNone, "", kNone, {}, {}},
    {"two_hundred_fifty_five_does_not_exist", 255, kNone, kNone, "", kNone, {}, {}},
    {"seven_hundred_sixty_eight_does_not_exist", 768, kNone, kNone, "", kNone, {}, {}},
    {"minus_1006_does_not_exist", -1006, kNone, kNone, "", kNone, {}, {}},
    {"seventy_nine_is_none_of_mbedtls", 79, Stack::mbedtls, kNone, "", Stack::mbedtls, {}, {}},
    {"two_nine_six_is_no_cipher_or_no_certificate", 296, kNone, kNone, "BR_ERR_RECV_FATAL_ALERT+40 (SSL3_ALERT_HANDSHAKE_FAILURE)", Stack::bearssl, {no_shared_cipher, client_cert_missing, signature_algorithm_unsupported, psk_identity_unknown}, {}},
    {"three_two_six_is_the_version", 326, kNone, kNone, "BR_ERR_RECV_FATAL_ALERT+70 (TLS1_ALERT_PROTOCOL_VERSION)", Stack::bearssl, {protocol_version_unsupported}, {}},
};
// clang-format on
class Lookup : public testing::TestWithParam<Row> {};
TEST_P(Lookup, Answers) {
  const Row& row = GetParam();
  const Answer answer = lookup(row.code, row.stack, row.rc);
  EXPECT_EQ(answer.code, row.code);
  EXPECT_EQ(answer.name, row.answer);
  EXPECT_EQ(answer.known(), *row.answer != '\0');
  EXPECT_EQ(answer.stack, row.owner);
  EXPECT_EQ(std::vector<Cause>(answer.causes.begin(), answer.causes.end()), row.causes);
  std::vector<std::string> candidates;
  for (const Answer& candidate : answer.candidates) candidates.push_back(candidate.name);
  EXPECT_EQ(candidates, std::vector<std::string>(row.candidates.begin(), row.candidates.end()));
}
INSTANTIATE_TEST_SUITE_P(Catalog, Lookup, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

/// Both ranges, all 256 numbers: named or not, an alert is an alert.
TEST(Alerts, EveryNumberBothWays) {
  for (int n = 0; n < 256; ++n) {
    for (const int base : {256, 512}) {
      const Answer answer = lookup(base + n);
      EXPECT_TRUE(answer.known()) << base + n;
      EXPECT_EQ(answer.alert, n);
      EXPECT_EQ(answer.direction, base == 256 ? Direction::received : Direction::sent);
      EXPECT_FALSE(answer.meaning.empty() || answer.fix.empty() || answer.causes.empty()) << base + n;
      EXPECT_TRUE(answer.name.starts_with(base == 256 ? "BR_ERR_RECV" : "BR_ERR_SEND"));
      EXPECT_TRUE(answer.candidates.empty());
    }
  }
}

TEST(Alerts, EveryNamedOneHasAdviceOfItsOwn) {
  std::set<std::uint8_t> advised;
  for (const AlertAdvice& advice : alert_advice()) EXPECT_TRUE(advised.insert(advice.code).second);
  for (const tls::Alert& alert : tls::alerts()) {
    if (alert.code == 52) continue;  // too_many_cids_requested: DTLS 1.3 only
    EXPECT_EQ(advised.erase(alert.code), 1U) << alert.name;
  }
  EXPECT_TRUE(advised.empty());
}

TEST(Tables, AreOrderedAndComplete) {
  for (const auto table :
       {tasmota_entries(), bearssl_ssl_entries(), bearssl_x509_entries(), mqtt_rc_entries()}) {
    ASSERT_FALSE(table.empty());
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (i != 0) {
        EXPECT_LT(table[i - 1].code, table[i].code);
      }
      EXPECT_FALSE(table[i].name.empty() || table[i].meaning.empty() || table[i].fix.empty() ||
                   table[i].source.empty())
          << table[i].code;
      for (const char c : table[i].fix) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << table[i].code;
      static const std::set<std::string_view> kNoError = {"BR_ERR_OK", "BR_ERR_X509_OK",
                                                          "NO_TLS_ERROR, rc 0 (MQTT_CONNECTED)"};
      const bool no_error = kNoError.contains(table[i].name);
      EXPECT_EQ(table[i].causes.empty(), no_error) << table[i].name;
    }
  }
}

}  // namespace
}  // namespace tlswatch::catalog
