// The shipped knowledge on what the broker's certificate tells beside a client's word or silence, and on ends
// that are about TLS.
#include <gtest/gtest.h>

#include <functional>

#include "diagnose/shipped.h"

namespace tlswatch::diagnose {
namespace {

using S = BrokerSymptoms;
using wire::Stage;

void came(S& s, std::uint8_t description) {
  s.stage = Stage::certificate_sent;
  s.alerts.items[s.alerts.count++] = {wire::Direction::received, 2, description};
}
void left(S& s) {
  s.stage = Stage::certificate_sent;
  s.closed_by = ClosedBy::client;
  s.openssl_reason = "unexpected eof while reading";
}
void left_at_a_good_certificate(S& s) {
  left(s);
  s.offered_version = 0x0304;
  s.server_dates = Dates::good;
  s.server_name = ServerName::matches;
  s.lasted_ms = 20;
}
void refused(S& s, std::string_view reason, KeyUse use) {
  s.stage = Stage::client_hello;
  s.offered_version = 0x0304;
  s.openssl_reason = reason;
  s.server_key_use = use;
}
void ended(S& s, std::string_view reason) {
  s.stage = Stage::established;
  s.established = true;
  s.end_reason = reason;
}
void ended_without_a_word(S& s) {
  ended(s, "closed");
  s.said_nothing = true;
}
constexpr std::uint8_t kRecordOverflow = 22, kBadRecordMac = 20, kBad = 42, kCertificateUnknown = 46,
                       kUnknownCa = 48;
const policy::Violation kAboveTheAgreed[] = {{"mfln-honoured", "", ""}};

struct Case {
  const char* name;
  std::function<void(S&)> seen;
  const char* cause;
};
// clang-format off
const Case kCases[] = {
    {"a_rejection_of_an_expired_certificate_of_another_name", [](S& s) { came(s, kBad); s.server_dates = Dates::expired; s.server_name = ServerName::differs; }, "server-cert-expired"},
    {"a_rejection_of_a_certificate_of_the_future", [](S& s) { came(s, kCertificateUnknown); s.server_dates = Dates::not_yet_valid; }, "server-cert-not-yet-valid"},
    {"a_rejection_of_a_certificate_of_another_name", [](S& s) { came(s, kBad); s.server_name = ServerName::differs; }, "server-name-mismatch"},
    {"a_rejection_of_the_right_name", [](S& s) { came(s, kBad); s.server_name = ServerName::matches; }, "server-cert-untrusted"},
    {"an_unknown_ca_is_what_the_client_says_whatever_the_dates", [](S& s) { came(s, kUnknownCa); s.server_dates = Dates::expired; }, "server-cert-untrusted"},
    {"an_unknown_ca_behind_a_leaf_alone", [](S& s) { came(s, kUnknownCa); s.server_chain = ServerChain::leaf_only; }, "server-cert-untrusted"},
    {"an_unknown_ca_behind_an_intermediate_that_was_not_sent", [](S& s) { came(s, kUnknownCa); s.server_chain = ServerChain::incomplete; }, "server-chain-malformed"},
    {"a_rejection_of_a_leaf_without_its_intermediate", [](S& s) { came(s, kBad); s.server_chain = ServerChain::incomplete; }, "server-chain-malformed"},
    {"an_expired_leaf_without_its_intermediate", [](S& s) { came(s, kBad); s.server_chain = ServerChain::incomplete; s.server_dates = Dates::expired; }, "server-cert-expired"},
    {"a_rejection_of_a_sha_1_signature", [](S& s) { came(s, kBad); s.server_signature = ServerSignature::deprecated; }, "signature-algorithm-unsupported"},
    {"a_rejection_of_another_name_signed_with_sha_1", [](S& s) { came(s, kBad); s.server_signature = ServerSignature::deprecated; s.server_name = ServerName::differs; }, "server-name-mismatch"},

    {"a_close_at_a_certificate_of_another_name", [](S& s) { left(s); s.server_name = ServerName::differs; }, "server-name-mismatch"},
    {"a_close_at_once_of_a_tls_1_3_client", left_at_a_good_certificate, "server-cert-untrusted"},
    {"a_close_at_once_of_a_tls_1_2_client", [](S& s) { left_at_a_good_certificate(s); s.offered_version = 0x0303; }, "connection-closed-by-device"},
    {"a_later_close_may_be_for_any_reason", [](S& s) { left_at_a_good_certificate(s); s.lasted_ms = 1000; }, "connection-closed-by-device"},
    {"a_close_of_who_did_not_say_whom_it_wants", [](S& s) { left_at_a_good_certificate(s); s.server_name = ServerName::unknown; }, "connection-closed-by-device"},
    {"a_record_of_the_handshake_above_the_agreed_length", [](S& s) { left(s); s.violations = kAboveTheAgreed; }, "mfln-not-honoured"},

    {"a_key_that_no_signature_allows", [](S& s) { refused(s, "no shared cipher", KeyUse::unusable); }, "server-key-type-unsupported"},
    {"a_key_that_no_signature_allows_on_tls_1_3", [](S& s) { refused(s, "no suitable signature algorithm", KeyUse::unusable); }, "server-key-type-unsupported"},
    {"a_key_that_no_cipher_is_for", [](S& s) { refused(s, "no shared cipher", KeyUse::no_cipher); }, "no-shared-cipher"},
    {"a_key_that_would_do_and_another_hash", [](S& s) { refused(s, "no suitable signature algorithm", KeyUse::usable); }, "signature-algorithm-unsupported"},
    {"an_unknown_identity_beside_such_a_key", [](S& s) { refused(s, "no suitable signature algorithm", KeyUse::unusable); s.psk_offered = true; }, "psk-identity-unknown"},

    {"not_a_word_to_an_expired_certificate", [](S& s) { ended_without_a_word(s); s.server_dates = Dates::expired; }, "server-cert-expired"},
    {"not_a_word_to_a_certificate_of_the_future", [](S& s) { ended_without_a_word(s); s.server_dates = Dates::not_yet_valid; }, "server-cert-not-yet-valid"},
    {"not_a_word_to_a_certificate_of_another_name", [](S& s) { ended_without_a_word(s); s.server_name = ServerName::differs; }, "server-name-mismatch"},
    {"not_a_word_to_a_certificate_of_the_right_name", [](S& s) { ended_without_a_word(s); s.server_name = ServerName::matches; }, "server-cert-untrusted"},
    {"not_a_word_for_a_while", [](S& s) { ended_without_a_word(s); s.server_name = ServerName::matches; s.lasted_ms = 30000; }, "scanner"},
    {"not_a_word_from_who_knows_no_name", ended_without_a_word, "scanner"},
    {"a_damaged_record", [](S& s) { ended(s, "unknown"); s.alerts.items[s.alerts.count++] = {wire::Direction::sent, 2, kBadRecordMac}; }, "data-corrupted"},
    {"an_alert_about_a_damaged_record", [](S& s) { came(s, kBadRecordMac); ended(s, "closed"); }, "data-corrupted"},
    {"an_unknown_ca_after_the_handshake", [](S& s) { came(s, kUnknownCa); ended(s, "closed"); }, "server-cert-untrusted"},
    {"an_alert_about_a_record_within_the_agreed_length", [](S& s) { came(s, kRecordOverflow); ended(s, "closed"); }, "record-too-large"},
    {"an_alert_about_a_record_above_it", [](S& s) { came(s, kRecordOverflow); ended(s, "closed"); s.violations = kAboveTheAgreed; }, "mfln-not-honoured"},
};
// clang-format on
class Certificate : public testing::TestWithParam<Case> {};
TEST_P(Certificate, proves_this_cause_by_the_broker_s_side_alone) {
  S s;
  GetParam().seen(s);
  const Rule* rule = find(shipped(), &s, nullptr).rule;
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->cause, GetParam().cause) << "by the rule: " << rule->name;
}
INSTANTIATE_TEST_SUITE_P(Shipped, Certificate, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

// A health check that completes TLS and leaves looks like a client that checks the certificate too late.
TEST(SilentEnd, names_the_health_check_that_it_may_be) {
  S s;
  ended_without_a_word(s);
  for (const ServerName name : {ServerName::matches, ServerName::differs}) {
    s.server_name = name;
    const Finding found = find(shipped(), &s, nullptr);
    EXPECT_LE(found.confidence, 0.6);
    ASSERT_FALSE(found.alternatives.empty());
    EXPECT_EQ(found.alternatives.begin()->cause, "scanner");
  }
}

}  // namespace
}  // namespace tlswatch::diagnose
