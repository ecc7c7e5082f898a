// The shipped knowledge where both sides are known: what the field knows of their pairs.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "diagnose/shipped.h"

namespace tlswatch::diagnose {
namespace {

using S = BrokerSymptoms;
using wire::Stage;
constexpr auto kReceived = wire::Direction::received;
constexpr auto kSent = wire::Direction::sent;

void alert(S& s, wire::Direction direction, std::uint8_t description) {
  s.alerts.items[s.alerts.count++] = {direction, 2, description};
}
/// The client left at the broker's certificate, without a word.
void left(S& s) {
  s.stage = Stage::certificate_sent;
  s.closed_by = ClosedBy::client;
  s.openssl_reason = "unexpected eof while reading";
  s.server_dates = Dates::good;
  s.server_key = "RSA";
}
void no_shared_cipher(S& s) {
  s.stage = Stage::client_hello;
  s.closed_by = ClosedBy::broker;
  s.openssl_reason = "no shared cipher";
  s.server_key = "EC";
  alert(s, kSent, 40);
}
void no_certificate(S& s) {
  s.stage = Stage::client_certificate;
  s.closed_by = ClosedBy::broker;
  s.openssl_reason = "peer did not return a certificate";
  s.server_key = "RSA";
  s.client_certificate_asked = true;
  alert(s, kSent, 40);
}
void refused_certificate(S& s, std::uint32_t error, std::uint8_t description) {
  s.stage = Stage::client_certificate;
  s.closed_by = ClosedBy::broker;
  s.openssl_reason = "certificate verify failed";
  s.client_certificate_asked = true;
  s.verify = facts::Verify{error, 0, ""};
  alert(s, kSent, description);
}
void refused(S& s, std::string_view reason, std::uint8_t description) {
  s.stage = Stage::client_hello;
  s.closed_by = ClosedBy::broker;
  s.openssl_reason = reason;
  alert(s, kSent, description);
}
void ended(S& s, std::string_view reason) {
  s.stage = Stage::established;
  s.established = true;
  s.end_reason = reason;
}
const policy::Violation kMfln[] = {{"mfln", "", ""}, {"record-size", "", ""}};
const policy::Violation kHonoured[] = {{"mfln-honoured", "", ""}, {"record-size", "", ""}};
const policy::Violation kSize[] = {{"record-size", "", ""}};
const policy::Violation kKeySize[] = {{"server-key-size", "", ""}};

struct PairCase {
  const char* name;
  std::function<void(S&)> broker;
  DeviceSymptoms device;
  const char* cause;
};
constexpr std::int64_t kOpenssl = 0x0A000000;
// clang-format off
const PairCase kPairs[] = {
    {"a_296_and_no_shared_cipher", no_shared_cipher, {"bearssl", "tls", 296, 0, true, 12}, "no-shared-cipher"},
    {"a_296_and_no_client_certificate", no_certificate, {"bearssl", "tls", 296, 0, true}, "client-cert-missing"},
    {"a_296_of_tls_1_3_s_unknown_identity",
     [](S& s) { refused(s, "no suitable signature algorithm", 40); s.psk_offered = true; s.offered_version = 0x0304; },
     {"openssl", "tls", kOpenssl + 1040, 0, true}, "psk-identity-unknown"},
    {"a_lost_alert_and_no_client_certificate", no_certificate, {"mbedtls", "tls", -0x7780, 0, true}, "client-cert-missing"},
    {"a_lost_alert_and_no_shared_cipher", no_shared_cipher, {"wolfssl", "tls", -313, 0, true}, "no-shared-cipher"},
    {"a_lost_alert_and_an_untrusted_client", [](S& s) { refused_certificate(s, 20, 48); },
     {"mbedtls", "tls", -0x7780, 0, true}, "client-cert-untrusted"},
    {"a_lost_alert_and_an_expired_client", [](S& s) { refused_certificate(s, 10, 45); },
     {"esp-tls", "tls", 0x801A, 0, true}, "client-cert-expired"},
    {"a_revoked_client", [](S& s) { refused_certificate(s, 23, 44); }, {"bearssl", "tls", 300, 0, true}, "client-cert-revoked"},
    {"no_version_in_common", [](S& s) { refused(s, "unsupported protocol", 70); },
     {"mbedtls", "tls", -0x7780, 0, true}, "protocol-version-unsupported"},
    {"a_336_of_a_client_of_tls_1_1",
     [](S& s) {
       refused(s, "no suitable signature algorithm", 80);
       s.offered_version = 0x0302;
     },
     {"bearssl", "tls", 336, 0, true},
     "protocol-version-unsupported"},
    {"a_wrong_psk", [](S& s) { refused(s, "binder does not verify", 47); s.psk_offered = true; },
     {"openssl", "tls", kOpenssl + 1047, 0, true}, "psk-mismatch"},
    {"a_key_of_another_certificate", [](S& s) { refused(s, "bad signature", 51); s.stage = Stage::key_exchange; s.client_certificate_asked = true; },
     {"bearssl", "tls", 307, 0, true}, "client-key-missing"},
    {"no_key_at_all", [](S& s) { left(s); s.client_certificate_asked = true; }, {"tasmota", "tls", -1003, 0, true}, "client-key-missing"},

    {"a_62_and_a_silent_close", left, {"bearssl", "tls", 62, 0, true}, "server-cert-untrusted"},
    {"a_62_and_a_reset", [](S& s) { left(s); s.closed_by = ClosedBy::reset; s.openssl_reason = ""; },
     {"bearssl", "tls", 62, 0, true}, "server-cert-untrusted"},
    {"flags_8_and_the_alert_unknown_ca", [](S& s) { left(s); alert(s, kReceived, 48); s.openssl_reason = "tlsv1 alert unknown ca"; },
     {"mbedtls", "tls", -0x2700, 8, true}, "server-cert-untrusted"},
    {"a_62_and_a_leaf_alone_is_still_an_unknown_ca", [](S& s) { left(s); s.server_chain = ServerChain::leaf_only; },
     {"bearssl", "tls", 62, 0, true}, "server-cert-untrusted"},
    {"a_62_and_an_intermediate_that_was_not_sent", [](S& s) { left(s); s.server_chain = ServerChain::incomplete; },
     {"bearssl", "tls", 62, 0, true}, "server-chain-malformed"},
    {"a_wrong_name", left, {"wolfssl", "tls", -322, 0, true}, "server-name-mismatch"},
    {"a_stale_fingerprint", left, {"tasmota", "tls", 1, 0, false}, "fingerprint-mismatch"},
    {"a_54_and_a_certificate_out_of_date", [](S& s) { left(s); s.server_dates = Dates::expired; },
     {"bearssl", "tls", 54, 0, true}, "server-cert-expired"},
    {"a_54_of_a_device_without_the_time", left, {"bearssl", "tls", 54, 0, false}, "device-clock-wrong"},
    {"a_54_and_a_good_certificate", left, {"bearssl", "tls", 54, 0, true}, "device-clock-wrong"},
    {"a_54_and_a_certificate_of_the_future", [](S& s) { left(s); s.server_dates = Dates::not_yet_valid; },
     {"bearssl", "tls", 54, 0, true}, "server-cert-not-yet-valid"},
    {"a_54_and_no_dates_known", [](S& s) { left(s); s.server_dates = Dates::unknown; },
     {"bearssl", "tls", 54, 0, true}, "server-cert-expired"},
    {"a_rejection_without_flags_of_an_expired_certificate", [](S& s) { left(s); s.server_dates = Dates::expired; },
     {"mbedtls", "tls", -0x2700, 0, true}, "server-cert-expired"},
    {"a_rejection_without_flags_of_a_key_too_large", [](S& s) { left(s); s.violations = kKeySize; },
     {"openssl", "tls", kOpenssl + 134, 0, true}, "server-key-too-large"},
    {"a_rejection_without_flags", left, {"mbedtls", "tls", -0x2700, 0, true}, "server-cert-untrusted"},
    {"a_23", left, {"bearssl", "tls", 23, 0, true}, "server-key-too-large"},
    {"a_51", left, {"bearssl", "tls", 51, 0, true}, "server-key-type-unsupported"},
    {"a_49", left, {"bearssl", "tls", 49, 0, true}, "signature-algorithm-unsupported"},
    {"a_44", left, {"bearssl", "tls", 44, 0, true}, "server-chain-malformed"},
    {"a_27_on_one_chip", left, {"bearssl", "tls", 27, 0, true}, "data-corrupted"},
    {"a_lost_alert_and_a_key_that_no_signature_allows",
     [](S& s) { no_shared_cipher(s); s.server_key_use = KeyUse::unusable; s.offered_version = 0x0303; },
     {"mbedtls", "tls", -0x7780, 0, true}, "server-key-type-unsupported"},
    {"a_296_and_a_key_that_no_cipher_is_for",
     [](S& s) { no_shared_cipher(s); s.server_key_use = KeyUse::no_cipher; s.offered_version = 0x0303; },
     {"bearssl", "tls", 296, 0, true}, "no-shared-cipher"},
    {"an_ec_key_and_a_tls_1_3_client_that_takes_rsa_alone",
     [](S& s) { refused(s, "no suitable signature algorithm", 40); s.server_key_use = KeyUse::unusable; s.offered_version = 0x0304; },
     {"openssl", "tls", kOpenssl + 1040, 0, true}, "server-key-type-unsupported"},
    {"an_unknown_identity_and_a_key_that_no_signature_allows",
     [](S& s) {
       refused(s, "no suitable signature algorithm", 40);
       s.server_key_use = KeyUse::unusable;
       s.offered_version = 0x0304;
       s.psk_offered = true;
     },
     {"openssl", "tls", kOpenssl + 1040, 0, true}, "psk-identity-unknown"},
    {"mbedtls_without_the_key_to_its_certificate",
     [](S& s) { left(s); s.stage = Stage::key_exchange; s.client_certificate_asked = true; },
     {"mbedtls", "tls", -0x3E80, 0, true}, "client-key-missing"},
    {"a_certificate_record_above_the_agreed_length", [](S& s) { left(s); s.violations = kHonoured; },
     {"bearssl", "tls", 6, 0, true}, "mfln-not-honoured"},
    {"a_record_that_the_broker_found_damaged", [](S& s) { ended(s, "unknown"); alert(s, kSent, 20); },
     {"mbedtls", "mqtt", -0x7780, -4, true}, "data-corrupted"},
    {"a_chain_above_the_buffer", left, {"bearssl", "tls", 6, 0, true}, "record-too-large"},

    {"no_memory", left, {"mbedtls", "tls", -0x7F00, 0, true}, "device-out-of-memory"},
    {"no_randomness", [](S& s) { s.closed_by = ClosedBy::client; }, {"bearssl", "tls", 8, 0, true}, "device-no-random"},
    {"a_timeout", [](S& s) { left(s); s.lasted_ms = 20000; }, {"tasmota", "tls", -1005, 0, true}, "handshake-timeout"},
    {"a_timeout_on_a_bad_link", [](S& s) { left(s); s.lasted_ms = 20000; s.retransmits = 7; },
     {"tasmota", "tls", -1005, 0, true}, "network-loss"},
    {"old_tasmota_s_5_seconds", [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::broker; s.lasted_ms = 9000; },
     {"tasmota", "tls", 0, -2, true}, "handshake-timeout"},
    {"a_reset_that_neither_side_sent", [](S& s) { s.stage = Stage::client_hello; s.closed_by = ClosedBy::reset; },
     {"mbedtls", "tls", -80, 0, true}, "connection-reset"},
    {"tasmota_s_rc_minus_2_is_no_plain_port_where_the_broker_saw_tls", left, {"tasmota", "tcp", 0, -2, true}, "network-loss"},
    {"a_proxy_that_answers_in_plain", [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::client; },
     {"openssl", "tls", kOpenssl + 267, 0, true}, "data-corrupted"},

    {"plain_mqtt_on_the_tls_port", [](S& s) { s.first_bytes = FirstBytes::mqtt; s.openssl_reason = "wrong version number"; },
     {"tasmota", "mqtt", 0, -4, true}, "plain-mqtt-on-tls-port"},
    {"a_refused_login", [](S& s) { ended(s, "credentials-refused"); }, {"tasmota", "mqtt", 0, 5, true}, "credentials-refused"},
    {"a_refused_login_that_the_broker_did_not_name", [](S& s) { ended(s, "unknown"); },
     {"tasmota", "mqtt", 0, 4, true}, "credentials-refused"},
    {"a_take_over", [](S& s) { ended(s, "taken-over"); }, {"tasmota", "mqtt", 0, -3, true}, "session-taken-over"},
    {"a_lost_keepalive", [](S& s) { ended(s, "keepalive-timeout"); }, {"tasmota", "mqtt", 0, -3, true}, "keepalive-timeout"},
    {"a_6_without_mfln", [](S& s) { ended(s, "closed"); s.violations = kMfln; }, {"bearssl", "mqtt", 6, 0, true}, "mfln-not-negotiated"},
    {"a_6_against_mfln", [](S& s) { ended(s, "reset"); s.violations = kHonoured; }, {"bearssl", "mqtt", 6, 0, true}, "mfln-not-honoured"},
    {"a_6_with_a_small_buffer", [](S& s) { ended(s, "closed"); s.violations = kSize; }, {"bearssl", "mqtt", 6, 0, true}, "record-too-large"},
    {"a_session_that_broke", [](S& s) { ended(s, "closed"); }, {"tasmota", "mqtt", 0, -3, true}, "network-loss"},
};
// clang-format on
class Pairs : public testing::TestWithParam<PairCase> {};
TEST_P(Pairs, prove_this_cause_and_are_surer_than_either_side) {
  S broker;
  GetParam().broker(broker);
  const DeviceSymptoms& device = GetParam().device;
  const Finding found = find(shipped(), &broker, &device);
  ASSERT_NE(found.rule, nullptr);
  EXPECT_EQ(found.rule->cause, GetParam().cause) << "by the rule: " << found.rule->name;
  EXPECT_FALSE(found.rule->benign);
  const Finding alone = find(shipped(), nullptr, &device);
  if (alone.rule != nullptr && alone.rule->cause == found.rule->cause) {
    EXPECT_GE(found.confidence, alone.confidence) << found.rule->name;
  }
}
INSTANTIATE_TEST_SUITE_P(Shipped, Pairs, testing::ValuesIn(kPairs),
                         [](const auto& row) { return std::string(row.param.name); });

// The model case: one number of the device, three causes, told apart by the broker's side and by what came
// then.
struct ModelCase {
  const char* name;
  std::function<void(S&)> broker;  ///< null: the broker's side is not known
  DeviceSymptoms device;
  const char* cause;
  bool benign;
  const char* fix;  ///< words that it must have
};
const DeviceSymptoms k296{"bearssl", "tls", 296, 0, true, 1};
const ModelCase kModels[] = {
    {"an_ecdsa_certificate_and_a_device_that_came_back_by_rsa", no_shared_cipher,
     DeviceSymptoms{"bearssl", "tls", 296, 0, true, 1, true, "RSA", 0xC02F}, "no-shared-cipher", false,
     "--key-type rsa"},
    {"an_ecdsa_certificate_and_a_device_that_fails_on", no_shared_cipher,
     DeviceSymptoms{"bearssl", "tls", 296, 0, true, 40}, "no-shared-cipher", false, "SetOption165"},
    {"a_missing_client_certificate", no_certificate, k296, "client-cert-missing", false,
     "Install certificate and key"},
    {"setoption165_s_first_try", no_shared_cipher,
     DeviceSymptoms{"bearssl", "tls", 296, 0, true, 1, true, "EC", 0xC02B}, "no-shared-cipher", true,
     "Nothing to mend"},
    {"setoption165_s_first_try_before_a_resumed_session", no_shared_cipher,
     DeviceSymptoms{"bearssl", "tls", 296, 0, true, 1, true, "", 0xC02B}, "no-shared-cipher", true,
     "Nothing to mend"},
    {"many_tries_before_somebody_switched_ecdsa_on", no_shared_cipher,
     DeviceSymptoms{"bearssl", "tls", 296, 0, true, 40, true, "EC", 0xC02B}, "no-shared-cipher", false,
     "SetOption165"},
    {"the_device_alone_cannot_tell", nullptr, k296, "no-shared-cipher", false,
     "The broker's side tells which"},
};
class Model : public testing::TestWithParam<ModelCase> {};
TEST_P(Model, of_the_296) {
  S broker;
  if (GetParam().broker) GetParam().broker(broker);
  const Finding found = find(shipped(), GetParam().broker ? &broker : nullptr, &GetParam().device);
  ASSERT_NE(found.rule, nullptr);
  EXPECT_EQ(found.rule->cause, GetParam().cause) << found.rule->name;
  EXPECT_EQ(found.rule->benign, GetParam().benign) << found.rule->name;
  EXPECT_NE(found.rule->fix.find(GetParam().fix), std::string::npos) << found.rule->fix;
  const bool names_the_other = std::ranges::any_of(
      found.alternatives, [](const Alternative& a) { return a.cause == "client-cert-missing"; });
  EXPECT_EQ(names_the_other, !GetParam().broker) << "what the broker's side rules out is no alternative";
}
INSTANTIATE_TEST_SUITE_P(Shipped, Model, testing::ValuesIn(kModels),
                         [](const auto& row) { return std::string(row.param.name); });

// Segments that were sent again speak of loss where the smallest packets are quick, and leave a doubt where
// they are slow.
TEST(SlowLink, keeps_the_device_s_own_word_and_names_loss_beside_it) {
  S broker;
  left(broker);
  broker.lasted_ms = 3000;
  broker.retransmits = 3;
  const DeviceSymptoms device{"mbedtls", "tls", -0x6800, 0, true};
  EXPECT_EQ(find(shipped(), &broker, &device).rule->cause, "network-loss");
  broker.rtt_ms = 83;
  const Finding slow = find(shipped(), &broker, &device);
  EXPECT_EQ(slow.rule->cause, "handshake-timeout");
  EXPECT_LT(slow.confidence, find(shipped(), nullptr, &device).confidence);
  ASSERT_FALSE(slow.alternatives.empty());
  EXPECT_EQ(slow.alternatives.begin()->cause, "network-loss");
}

// Pairs without a row of their own are weighed.
TEST(Weighed, a_broker_s_definite_reason_outranks_an_ambiguous_code_of_another_stack) {
  S broker;
  refused_certificate(broker, 20, 48);
  const DeviceSymptoms device{"openssl", "tls", kOpenssl + 1040, 0, true};
  EXPECT_EQ(find(shipped(), &broker, &device).rule->cause, "client-cert-untrusted");
}

TEST(Weighed, a_device_s_named_error_outranks_the_broker_s_silence_of_any_kind) {
  for (const ClosedBy who : {ClosedBy::client, ClosedBy::reset, ClosedBy::unknown}) {
    S broker;
    left(broker);
    broker.stage = Stage::key_exchange;
    broker.closed_by = who;
    const DeviceSymptoms device{"bearssl", "tls", 62, 0, true};
    const Finding found = find(shipped(), &broker, &device);
    EXPECT_EQ(found.rule->cause, "server-cert-untrusted") << found.rule->name;
    EXPECT_GE(found.confidence, 0.95);
  }
}

}  // namespace
}  // namespace tlswatch::diagnose
