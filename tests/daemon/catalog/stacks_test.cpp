// Numbers of the stacks other than Tasmota's, taken apart.
#include <gtest/gtest.h>

#include <set>

#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Cause;
constexpr auto kNone = std::nullopt;

struct Row {
  const char* name;
  std::int64_t code;
  std::optional<Stack> stack;
  std::optional<std::int32_t> detail;
  const char* answer;  ///< its name
  std::optional<Stack> owner;
  Cause cause;  ///< the first
  std::vector<const char*> candidates;
};
// clang-format off
const Row kRows[] = {
    {"a_high_code", -0x7780, kNone, kNone, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE", Stack::mbedtls, client_cert_missing, {}},
    {"the_same_without_its_sign", 0x7780, kNone, kNone, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE", Stack::mbedtls, client_cert_missing, {}},
    {"the_same_as_an_unsigned_number", 0xFFFF8880, kNone, kNone, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE", Stack::mbedtls, client_cert_missing, {}},
    {"a_low_code", -0x0050, kNone, kNone, "MBEDTLS_ERR_NET_CONN_RESET", Stack::mbedtls, connection_reset, {}},
    {"a_low_code_without_its_sign_and_stack_is_bearssls_or_nothing", 0x004F, kNone, kNone, "", kNone, unknown, {}},
    {"a_low_code_without_its_sign", 0x0050, Stack::mbedtls, kNone, "MBEDTLS_ERR_NET_CONN_RESET", Stack::mbedtls, connection_reset, {}},
    {"a_sum", -0x21E2, kNone, kNone, "MBEDTLS_ERR_X509_INVALID_FORMAT + MBEDTLS_ERR_ASN1_UNEXPECTED_TAG", Stack::mbedtls, server_chain_malformed, {}},
    {"a_sum_without_its_sign", 0x3D60, kNone, kNone, "MBEDTLS_ERR_PK_KEY_INVALID_FORMAT + MBEDTLS_ERR_ASN1_OUT_OF_DATA", Stack::mbedtls, client_key_missing, {}},
    {"a_sum_with_no_memory_below_is_about_memory", -0x4290, kNone, kNone, "MBEDTLS_ERR_RSA_PUBLIC_FAILED + MBEDTLS_ERR_MPI_ALLOC_FAILED", Stack::mbedtls, device_out_of_memory, {}},
    {"a_sum_with_an_unknown_high_part", -0x0460, kNone, kNone, "", kNone, unknown, {}},
    {"a_sum_with_an_unknown_low_part", -0x277F, kNone, kNone, "", kNone, unknown, {}},
    {"version_3_reads_it_otherwise", -0x7300, kNone, kNone, "MBEDTLS_ERR_SSL_DECODE_ERROR", Stack::mbedtls, data_corrupted, {"MBEDTLS_ERR_SSL_UNKNOWN_CIPHER"}},
    {"version_3_reads_it_otherwise_where_the_stack_is_given", -0x6E80, Stack::mbedtls, kNone, "MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION", Stack::mbedtls, protocol_version_unsupported, {"MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION"}},
    {"no_memory", -0x7F00, kNone, kNone, "MBEDTLS_ERR_SSL_ALLOC_FAILED", Stack::mbedtls, device_out_of_memory, {}},
    {"beyond_mbedtls", -0x8000, Stack::mbedtls, kNone, "", Stack::mbedtls, unknown, {}},
    {"rejected_without_flags", -0x2700, kNone, kNone, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED", Stack::mbedtls, server_cert_untrusted, {}},
    {"rejected_as_expired", -0x2700, kNone, 0x01, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_EXPIRED", Stack::mbedtls, server_cert_expired, {}},
    {"rejected_as_of_the_future", -0x2700, Stack::mbedtls, 0x200, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_FUTURE", Stack::mbedtls, device_clock_wrong, {}},
    {"rejected_for_name_and_ca", 0x2700, kNone, 0x0C, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, flags BADCERT_CN_MISMATCH + BADCERT_NOT_TRUSTED", Stack::mbedtls, server_name_mismatch, {}},
    {"rejected_with_flags_nobody_knows", -0x2700, kNone, 1 << 30, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED", Stack::mbedtls, server_cert_untrusted, {}},
    {"psa_no_entropy", -148, Stack::mbedtls, kNone, "PSA_ERROR_INSUFFICIENT_ENTROPY", Stack::mbedtls, device_no_random, {}},

    {"wolfssl_alert", -313, kNone, kNone, "FATAL_ERROR", Stack::wolfssl, client_cert_missing, {}},
    {"wolfssl_no_signer", -188, Stack::wolfssl, kNone, "ASN_NO_SIGNER_E", Stack::wolfssl, server_cert_untrusted, {}},
    {"wolfssl_without_its_sign", 188, Stack::wolfssl, kNone, "ASN_NO_SIGNER_E", Stack::wolfssl, server_cert_untrusted, {}},
    {"wolfssl_expired", -151, kNone, kNone, "ASN_AFTER_DATE_E", Stack::wolfssl, server_cert_expired, {"PSA_ERROR_CORRUPTION_DETECTED"}},
    {"wolfssl_not_yet_valid", -150, Stack::wolfssl, kNone, "ASN_BEFORE_DATE_E", Stack::wolfssl, device_clock_wrong, {}},
    {"wolfssl_name", -322, kNone, kNone, "DOMAIN_NAME_MISMATCH", Stack::wolfssl, server_name_mismatch, {}},
    {"wolfssl_has_no_334", -334, Stack::wolfssl, kNone, "", Stack::wolfssl, unknown, {}},

    {"openssl_3_alert", 0x0A000418, kNone, kNone, "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, client_cert_untrusted, {}},
    {"openssl_1_alert", 0x14094418, kNone, kNone, "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, client_cert_untrusted, {}},
    {"openssl_3_alert_without_a_name", 0x0A0003E8 + 255, kNone, kNone, "SSL_R_1255", Stack::openssl, data_corrupted, {}},
    {"openssl_3_wrong_version", 0x0A00010B, kNone, kNone, "SSL_R_WRONG_VERSION_NUMBER", Stack::openssl, tls_on_plain_port, {}},
    {"openssl_1_wrong_version", 0x1408F10B, kNone, kNone, "SSL_R_WRONG_VERSION_NUMBER", Stack::openssl, tls_on_plain_port, {}},
    {"openssl_3_verify_failed", 0x0A000086, kNone, kNone, "SSL_R_CERTIFICATE_VERIFY_FAILED", Stack::openssl, server_cert_untrusted, {}},
    {"openssl_3_verify_failed_by_date", 0x0A000086, Stack::openssl, 10, "SSL_R_CERTIFICATE_VERIFY_FAILED, X509_V_ERR_CERT_HAS_EXPIRED", Stack::openssl, server_cert_expired, {}},
    {"openssl_3_no_memory", 0x0A0C0100, kNone, kNone, "ERR_R_MALLOC_FAILURE", Stack::openssl, device_out_of_memory, {}},
    {"openssl_1_no_memory", 0x1414D041, kNone, kNone, "ERR_R_MALLOC_FAILURE", Stack::openssl, device_out_of_memory, {}},
    {"openssl_3_no_start_line", 0x0480006C, kNone, kNone, "PEM_R_NO_START_LINE", Stack::openssl, server_cert_untrusted, {}},
    {"openssl_1_no_start_line", 0x0906D06C, kNone, kNone, "PEM_R_NO_START_LINE", Stack::openssl, server_cert_untrusted, {}},
    {"openssl_3_key_mismatch", 0x05800074, kNone, kNone, "X509_R_KEY_VALUES_MISMATCH", Stack::openssl, client_key_missing, {}},
    {"openssl_1_key_mismatch", 0x0B080074, kNone, kNone, "X509_R_KEY_VALUES_MISMATCH", Stack::openssl, client_key_missing, {}},
    {"openssl_3_old_algorithm", 0x0308010C, kNone, kNone, "ERR_R_UNSUPPORTED", Stack::openssl, signature_algorithm_unsupported, {}},
    {"openssl_3_a_reason_without_a_row", 0x04800FFF, kNone, kNone, "PEM routines, reason 4095", Stack::openssl, server_cert_untrusted, {}},
    {"openssl_3_refused", 0x8000006F, kNone, kNone, "ECONNREFUSED", Stack::openssl, tcp_connect_failure, {}},
    {"openssl_1_refused", 0x0200206F, kNone, kNone, "ECONNREFUSED", Stack::openssl, tcp_connect_failure, {}},
    {"openssl_library_255_does_not_exist", 0x7F800001, kNone, kNone, "", kNone, unknown, {}},
    {"a_bare_reason_needs_its_stack", 193, kNone, kNone, "", kNone, unknown, {}},
    {"a_bare_reason", 193, Stack::openssl, kNone, "SSL_R_NO_SHARED_CIPHER", Stack::openssl, no_shared_cipher, {}},
    {"a_bare_alert", 1048, Stack::openssl, kNone, "SSL_R_TLSV1_ALERT_UNKNOWN_CA", Stack::openssl, client_cert_untrusted, {}},
    {"a_verify_result", 20, Stack::openssl, kNone, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", Stack::openssl, server_cert_untrusted, {}},
    {"mbedtls_without_error", 0, Stack::mbedtls, kNone, "0, no error", Stack::mbedtls, unknown, {}},
    {"openssl_has_no_95", 95, Stack::openssl, kNone, "", Stack::openssl, unknown, {}},

    {"esp_tls_dns", 0x8001, kNone, kNone, "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME", Stack::esp_tls, dns_failure, {}},
    {"esp_tls_handshake", 0x801A, Stack::esp_tls, kNone, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED", Stack::esp_tls, server_cert_untrusted, {}},
    {"esp_tls_handshake_with_flags", 0x801A, Stack::esp_tls, 0x04, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, flags BADCERT_CN_MISMATCH", Stack::esp_tls, server_name_mismatch, {}},
    {"esp_tls_handshake_with_mbedtls_below", 0x801A, Stack::esp_tls, -0x7F00, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED, MBEDTLS_ERR_SSL_ALLOC_FAILED", Stack::esp_tls, device_out_of_memory, {}},
    {"esp_err_needs_its_stack", 0x101, Stack::esp_tls, kNone, "ESP_ERR_NO_MEM", Stack::esp_tls, device_out_of_memory, {}},
    {"esp_err_without_it_is_an_alert", 0x101, kNone, kNone, "BR_ERR_RECV_FATAL_ALERT+1", Stack::bearssl, data_corrupted, {}},

    {"an_mqtt_state_by_itself", -2, kNone, kNone, "NO_TLS_ERROR, rc -2 (MQTT_CONNECT_FAILED)", Stack::tasmota, tls_on_plain_port, {"MBEDTLS_ERR_MPI_FILE_IO_ERROR"}},
    {"an_mqtt_state_beside_any_stack", 0, Stack::esp_tls, 5, "NO_TLS_ERROR, rc 5 (not authorized)", Stack::esp_tls, credentials_refused, {}},
    {"an_mqtt_5_reason", 0, Stack::tasmota, 0x87, "NO_TLS_ERROR, MQTT 5: Not authorized", Stack::tasmota, credentials_refused, {}},
    {"an_mqtt_5_take_over", 0, kNone, 0x8E, "NO_TLS_ERROR, MQTT 5: Session taken over", Stack::tasmota, session_taken_over, {}},
    {"a_number_of_40_bits", std::int64_t{1} << 40, kNone, kNone, "", kNone, unknown, {}},
};
// clang-format on
class Stacks : public testing::TestWithParam<Row> {};
TEST_P(Stacks, Answers) {
  const Row& row = GetParam();
  const Answer answer = lookup(row.code, row.stack, row.detail);
  EXPECT_EQ(answer.code, row.code);
  ASSERT_EQ(answer.name, row.answer);
  EXPECT_EQ(answer.stack, row.owner);
  if (!answer.known()) return;
  ASSERT_EQ(answer.causes.empty(), row.code == 0 && !row.detail);
  if (!answer.causes.empty()) {
    EXPECT_EQ(cause_id(*answer.causes.begin()), cause_id(row.cause));
  }
  EXPECT_FALSE(answer.meaning.empty() || answer.fix.empty() || answer.source.empty());
  std::vector<std::string> candidates;
  for (const Answer& candidate : answer.candidates) candidates.push_back(candidate.name);
  EXPECT_EQ(candidates, std::vector<std::string>(row.candidates.begin(), row.candidates.end()));
}
INSTANTIATE_TEST_SUITE_P(Catalog, Stacks, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

constexpr const RowTable* kTables[] = {
    &kMbedtlsHigh,   &kMbedtlsLow,   &kMbedtls3,   &kMbedtlsPsa,    &kMbedtlsFlags,
    &kWolfsslTls,    &kWolfsslCrypt, &kOpensslSsl, &kOpensslVerify, &kOpensslBroker,
    &kOpensslCommon, &kSystemErrors, &kEspTls,     &kMqtt5Rc,
};

TEST(Rows, AreOrderedAndSayWhatHappened) {
  for (const RowTable* table : kTables) {
    const auto rows = table->rows();
    ASSERT_FALSE(rows.empty());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i != 0) {
        EXPECT_LT(rows[i - 1].code, rows[i].code);
      }
      const std::string_view meaning = rows[i].meaning;
      EXPECT_FALSE(meaning.empty() || meaning.ends_with('.') || std::string_view(rows[i].name).empty());
      for (const char c : meaning) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << rows[i].name;
    }
  }
}

/// Each row of a stack's table is what lookup() answers for its number, by itself or as a candidate.
TEST(Rows, AreAllFound) {
  std::set<const RowTable*> parts = {&kMbedtlsFlags, &kOpensslBroker, &kOpensslCommon, &kSystemErrors,
                                     &kMqtt5Rc};
  for (const RowTable* table : kTables) {
    if (parts.contains(table)) continue;
    for (const catalog::Row& row : table->rows()) {
      const Answer answer = lookup(row.code, table->stack);
      const std::string name = std::string(table->prefix) + row.name;
      const bool found = answer.name == name ||
                         std::ranges::any_of(answer.candidates,
                                             [&](const Answer& candidate) { return candidate.name == name; });
      EXPECT_TRUE(found) << name << " is read as " << answer.name;
    }
  }
}

TEST(Topics, HaveAFixForEveryStackAndCausesWhereSomethingFailed) {
  for (std::size_t t = 0; t < static_cast<std::size_t>(Topic::count); ++t) {
    const auto topic = static_cast<Topic>(t);
    EXPECT_EQ(causes_of(topic).empty(), topic == Topic::none || topic == Topic::again) << t;
    for (std::size_t s = 0; s < device::kStackCount; ++s) {
      const std::string_view fix = fix_of(topic, static_cast<Stack>(s));
      EXPECT_TRUE(fix.size() > 15 && fix.ends_with('.')) << t;
      for (const char c : fix) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << t;
    }
  }
}

/// Where a broker's OpenSSL reports what a device's could too, the roles change.
TEST(Sides, AnAlertThatTheBrokerReceivedWasSentByTheDevice) {
  const Answer device = lookup(0x0A000418, Stack::openssl);
  const Answer broker = lookup(0x0A000418, Stack::openssl, std::nullopt, Side::broker);
  EXPECT_EQ(device.direction, Direction::received);
  EXPECT_EQ(*device.causes.begin(), client_cert_untrusted);
  EXPECT_EQ(broker.direction, Direction::sent);
  EXPECT_EQ(*broker.causes.begin(), server_cert_untrusted);
  EXPECT_EQ(broker.name, device.name);
}

TEST(Sides, EveryReasonOfTheBrokersTableIsAnotherThanTheDevices) {
  for (const catalog::Row& row : openssl_broker()) {
    const Answer device = lookup(row.code, Stack::openssl);
    const Answer broker = lookup(row.code, Stack::openssl, std::nullopt, Side::broker);
    EXPECT_EQ(device.name, broker.name);
    EXPECT_NE(device.meaning, broker.meaning) << row.name;
    EXPECT_EQ(broker.side, Side::broker);
  }
}

}  // namespace
}  // namespace tlswatch::catalog
