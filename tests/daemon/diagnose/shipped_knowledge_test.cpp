// The shipped knowledge against the symptoms that are known from the field.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>

#include "daemon/core/catalog/catalog.h"
#include "diagnose/shipped.h"

namespace tlswatch::diagnose {
namespace {

constexpr auto kReceived = wire::Direction::received;
constexpr auto kSent = wire::Direction::sent;

BrokerSymptoms failed(wire::Stage stage) {
  BrokerSymptoms s;
  s.stage = stage;
  s.offered_version = 0x0303;
  return s;
}
template <typename Change>
BrokerSymptoms with(BrokerSymptoms s, Change change) {
  change(s);
  return s;
}
void add_alert(BrokerSymptoms& s, wire::Direction direction, std::uint8_t description) {
  s.alerts.items[s.alerts.count++] = {direction, 2, description};
}

struct BrokerCase {
  const char* name;
  BrokerSymptoms symptoms;
  const char* cause;
};
using S = BrokerSymptoms;
const policy::Violation kTooLarge[] = {{"server-key-size", "RSA of at most 2048 bits", "RSA 4096"}};
const BrokerCase kBroker[] = {
    {"plain_mqtt",
     with(failed(wire::Stage::connected),
          [](S& s) {
            s.first_bytes = FirstBytes::mqtt;
            s.openssl_reason = "wrong version number";
          }),
     "plain-mqtt-on-tls-port"},
    {"http",
     with(failed(wire::Stage::connected),
          [](S& s) {
            s.first_bytes = FirstBytes::http;
            s.openssl_reason = "http request";
          }),
     "not-tls"},
    {"ssh", with(failed(wire::Stage::connected), [](S& s) { s.first_bytes = FirstBytes::other; }), "not-tls"},
    {"ecdsa_certificate_and_rsa_only_device",
     with(failed(wire::Stage::client_hello),
          [](S& s) {
            s.openssl_reason = "no shared cipher";
            s.server_key = "EC";
            add_alert(s, kSent, 40);
          }),
     "no-shared-cipher"},
    {"no_client_certificate",
     with(failed(wire::Stage::client_certificate),
          [](S& s) {
            s.openssl_reason = "peer did not return a certificate";
            add_alert(s, kSent, 40);
          }),
     "client-cert-missing"},
    {"expired_client_certificate",
     with(failed(wire::Stage::client_certificate),
          [](S& s) {
            s.openssl_reason = "certificate verify failed";
            s.verify = facts::Verify{10, 0, "certificate has expired"};
            add_alert(s, kSent, 45);
          }),
     "client-cert-expired"},
    {"revoked_client_certificate",
     with(failed(wire::Stage::client_certificate),
          [](S& s) {
            s.openssl_reason = "certificate verify failed";
            s.verify = facts::Verify{23, 0, "certificate revoked"};
          }),
     "client-cert-revoked"},
    {"untrusted_client_certificate",
     with(failed(wire::Stage::client_certificate),
          [](S& s) {
            s.openssl_reason = "certificate verify failed";
            s.verify = facts::Verify{20, 0, "unable to get local issuer certificate"};
          }),
     "client-cert-untrusted"},
    {"the_client_does_not_trust_us",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.openssl_reason = "tlsv1 alert unknown ca";
            add_alert(s, kReceived, 48);
          }),
     "server-cert-untrusted"},
    {"the_client_finds_us_expired",
     with(failed(wire::Stage::certificate_sent), [](S& s) { add_alert(s, kReceived, 45); }),
     "server-cert-expired"},
    {"tls_1_3_only_broker",
     with(failed(wire::Stage::client_hello),
          [](S& s) {
            s.openssl_reason = "unsupported protocol";
            add_alert(s, kSent, 70);
          }),
     "protocol-version-unsupported"},
    {"tls_1_1_client",
     with(failed(wire::Stage::client_hello),
          [](S& s) {
            s.openssl_reason = "no suitable signature algorithm";
            s.offered_version = 0x0302;
          }),
     "protocol-version-unsupported"},
    {"unknown_psk_on_tls_1_3",
     with(failed(wire::Stage::client_hello),
          [](S& s) {
            s.openssl_reason = "no suitable signature algorithm";
            s.offered_version = 0x0304;
            s.psk_offered = true;
          }),
     "psk-identity-unknown"},
    {"unknown_psk_on_tls_1_2",
     with(failed(wire::Stage::key_exchange),
          [](S& s) {
            s.openssl_reason = "psk identity not found";
            s.psk_offered = true;
          }),
     "psk-identity-unknown"},
    {"another_psk",
     with(failed(wire::Stage::key_exchange),
          [](S& s) {
            s.openssl_reason = "decryption failed or bad record mac";
            s.psk_offered = true;
          }),
     "psk-mismatch"},
    {"bearssl_says_nothing",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.openssl_reason = "unexpected eof while reading";
            s.closed_by = ClosedBy::client;
            add_alert(s, kSent, 50);  // we wrote it; the device did not
          }),
     "connection-closed-by-device"},
    {"a_reset", with(failed(wire::Stage::client_hello), [](S& s) { s.closed_by = ClosedBy::reset; }),
     "connection-reset"},
    {"a_reset_at_the_certificate",
     with(failed(wire::Stage::certificate_sent), [](S& s) { s.closed_by = ClosedBy::reset; }),
     "connection-reset"},
    {"a_reset_at_an_expired_certificate",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.closed_by = ClosedBy::reset;
            s.server_dates = Dates::expired;
          }),
     "server-cert-expired"},
    {"a_close_at_an_expired_certificate",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.closed_by = ClosedBy::client;
            s.openssl_reason = "unexpected eof while reading";
            s.server_dates = Dates::expired;
          }),
     "server-cert-expired"},
    {"a_close_at_a_certificate_of_the_future",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.closed_by = ClosedBy::client;
            s.server_dates = Dates::not_yet_valid;
          }),
     "server-cert-not-yet-valid"},
    {"a_close_at_a_key_too_large",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.closed_by = ClosedBy::client;
            s.violations = kTooLarge;
          }),
     "server-key-too-large"},
    {"a_stall_at_a_key_too_large_is_the_broker_s_end",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.closed_by = ClosedBy::broker;
            s.lasted_ms = 90000;
            s.violations = kTooLarge;
          }),
     "handshake-timeout"},
    {"a_stall",
     with(failed(wire::Stage::client_hello),
          [](S& s) {
            s.lasted_ms = 90000;
            s.closed_by = ClosedBy::broker;
          }),
     "handshake-timeout"},
    {"a_stall_on_a_bad_link",
     with(failed(wire::Stage::certificate_sent),
          [](S& s) {
            s.lasted_ms = 20000;
            s.retransmits = 9;
          }),
     "network-loss"},
    {"never_a_byte", with(failed(wire::Stage::connected), [](S& s) { s.lasted_ms = 90000; }),
     "handshake-timeout"},
    {"opened_and_closed", with(failed(wire::Stage::connected), [](S& s) { s.closed_by = ClosedBy::client; }),
     "scanner"},
    {"taken_over",
     with(failed(wire::Stage::established),
          [](S& s) {
            s.established = true;
            s.end_reason = "taken-over";
          }),
     "session-taken-over"},
    {"keepalive", with(failed(wire::Stage::established), [](S& s) { s.end_reason = "keepalive-timeout"; }),
     "keepalive-timeout"},
    {"refused", with(failed(wire::Stage::established), [](S& s) { s.end_reason = "credentials-refused"; }),
     "credentials-refused"},
};
class BrokerSide : public testing::TestWithParam<BrokerCase> {};
TEST_P(BrokerSide, proves_this_cause_alone) {
  const Rule* rule = find(shipped(), &GetParam().symptoms, nullptr).rule;
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->cause, GetParam().cause) << "by the rule: " << rule->name;
}
INSTANTIATE_TEST_SUITE_P(Shipped, BrokerSide, testing::ValuesIn(kBroker),
                         [](const auto& row) { return std::string(row.param.name); });

struct DeviceCase {
  const char* name;
  DeviceSymptoms symptoms;
  const char* cause;
};
const DeviceCase kDevice[] = {
    {"bearssl_62", {"bearssl", "tls", 62, 0, true}, "server-cert-untrusted"},
    {"bearssl_54_without_a_clock", {"bearssl", "tls", 54, 0, false}, "device-clock-wrong"},
    {"bearssl_54_with_a_clock", {"bearssl", "tls", 54, 0, true}, "server-cert-expired"},
    {"bearssl_23", {"bearssl", "tls", 23, 0, true}, "server-key-too-large"},
    {"bearssl_56", {"bearssl", "tls", 56, 0, true}, "server-name-mismatch"},
    {"bearssl_49", {"bearssl", "tls", 49, 0, true}, "signature-algorithm-unsupported"},
    {"bearssl_27", {"bearssl", "tls", 27, 0, true}, "data-corrupted"},
    {"bearssl_6", {"bearssl", "tls", 6, 0, true}, "record-too-large"},
    {"bearssl_296", {"bearssl", "tls", 296, 0, true}, "no-shared-cipher"},
    {"bearssl_326", {"bearssl", "tls", 326, 0, true}, "protocol-version-unsupported"},
    {"tasmota_1", {"tasmota", "tls", 1, 0, true}, "fingerprint-mismatch"},
    {"tasmota_no_memory", {"tasmota", "tls", -1000, 0, true}, "device-out-of-memory"},
    {"tasmota_no_dns", {"tasmota", "dns", -1001, 0, true}, "dns-failure"},
    {"tasmota_no_tcp", {"tasmota", "tcp", -1002, 0, true}, "tcp-connect-failure"},
    {"no_dns_and_no_number", {"wolfssl", "dns", 0, 0, true}, "dns-failure"},
    {"no_tcp_and_no_number", {"openssl", "tcp", 0, 0, true}, "tcp-connect-failure"},
    {"a_handshake_without_an_error", {"openssl", "tls", 0, 0, true}, "handshake-timeout"},
    {"tasmota_too_slow", {"tasmota", "tls", -1005, 0, true}, "handshake-timeout"},
    {"tasmota_rc_5", {"tasmota", "mqtt", 0, 5, true}, "credentials-refused"},
    {"tasmota_rc_minus_2", {"tasmota", "mqtt", 0, -2, true}, "tls-on-plain-port"},
    {"mbedtls_2700", {"mbedtls", "tls", -0x2700, 0, true}, "server-cert-untrusted"},
    {"mbedtls_7f00", {"mbedtls", "tls", -0x7F00, 0, true}, "device-out-of-memory"},
};
DeviceSymptoms unseen(std::string_view stack, std::int64_t code, std::int64_t detail = 0) {
  DeviceSymptoms s{stack, "tls", code, detail, true};
  s.unseen = true;
  return s;
}
// A handshake that broke is a wrong port where the broker's TLS saw nothing of it, and a bad link elsewhere.
TEST(Unseen, a_handshake_that_broke_went_to_a_plain_port) {
  for (const DeviceSymptoms& s :
       {unseen("mbedtls", -80), unseen("wolfssl", -308), unseen("openssl", 0), unseen("tasmota", 0, -2)}) {
    EXPECT_EQ(find(shipped(), nullptr, &s).rule->cause, "tls-on-plain-port") << s.stack;
  }
  const DeviceSymptoms untrusted = unseen("bearssl", 62);
  EXPECT_EQ(find(shipped(), nullptr, &untrusted).rule->cause, "server-cert-untrusted");
}

class DeviceSide : public testing::TestWithParam<DeviceCase> {};
TEST_P(DeviceSide, proves_this_cause_alone) {
  const Rule* rule = find(shipped(), nullptr, &GetParam().symptoms).rule;
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->cause, GetParam().cause) << "by the rule: " << rule->name;
}
INSTANTIATE_TEST_SUITE_P(Shipped, DeviceSide, testing::ValuesIn(kDevice),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Shipped, a_reset_at_the_certificate_points_at_the_certificate_first_and_is_less_certain) {
  BrokerSymptoms s = failed(wire::Stage::client_hello);
  s.closed_by = ClosedBy::reset;
  const double elsewhere = find(shipped(), &s, nullptr).confidence;
  s.stage = wire::Stage::certificate_sent;
  const Rule* rule = find(shipped(), &s, nullptr).rule;
  EXPECT_LT(rule->confidence, elsewhere);
  EXPECT_LT(rule->fix.find("fingerprint"), rule->fix.find("rebooted"));
}

TEST(Symptoms, the_end_of_file_has_openssl_s_own_number) {
  EXPECT_EQ(ERR_GET_LIB(kUnexpectedEof), ERR_LIB_SSL);
  EXPECT_EQ(ERR_GET_REASON(kUnexpectedEof), SSL_R_UNEXPECTED_EOF_WHILE_READING);
}

bool counts_it(const catalog::Answer& answer, std::string_view cause) {
  return std::ranges::any_of(answer.causes, [&](catalog::Cause c) { return catalog::cause_id(c) == cause; });
}

TEST(Shipped, every_rule_says_what_to_do_and_where_it_comes_from) {
  for (const Rule& rule : shipped().rules) {
    EXPECT_GT(rule.fix.size(), 30U) << rule.name;
    EXPECT_FALSE(rule.sources.empty()) << rule.name;
    EXPECT_GT(rule.confidence, 0) << rule.name;
  }
}

// A row of the catalog is a code that a device can report: the cause named for it must be one that the
// catalog counts among the likely ones.
TEST(Shipped, agrees_with_the_catalog_on_every_code_of_every_stack) {
  std::size_t ruled = 0;
  for (std::size_t s = 0; s < device::kStackCount; ++s) {
    const auto stack = static_cast<catalog::Stack>(s);
    for (const std::int32_t code : catalog::codes(stack)) {
      const DeviceSymptoms symptoms{catalog::stack_name(stack), "tls", code, 0, true};
      const Rule* rule = find(shipped(), nullptr, &symptoms).rule;
      const catalog::Answer answer = catalog::lookup(code, stack);
      if (rule == nullptr || answer.causes.empty()) continue;
      ++ruled;
      EXPECT_TRUE(counts_it(answer, rule->cause)) << answer.name << ": the rule " << rule->name;
    }
  }
  EXPECT_GT(ruled, 70U);
}

void check_codes(const Rule& rule, const DevicePattern& pattern, std::string_view name) {
  const auto stack = catalog::find_stack(name);
  ASSERT_TRUE(stack) << rule.name;
  std::optional<std::int32_t> detail;
  if (!pattern.details.empty()) detail = static_cast<std::int32_t>(pattern.details.front().first);
  for (const auto& [first, last] : pattern.codes) {
    for (const std::int64_t code : {first, last}) {
      const catalog::Answer answer = catalog::lookup(code, stack, detail);
      ASSERT_TRUE(answer.known()) << rule.name << ": " << code;
      if (code == 0 && answer.causes.empty()) continue;  // no error was kept: other conditions speak
      EXPECT_TRUE(counts_it(answer, rule.cause)) << answer.name << ": the rule " << rule.name;
    }
  }
}

// The other way round, with the detail: every number in a rule of the device's side is one that the catalog
// knows, with that cause.
TEST(Shipped, has_no_rule_for_a_code_that_does_not_exist) {
  for (const Rule& rule : shipped().rules) {
    if (rule.broker) continue;
    for (const DevicePattern& pattern : rule.device) {
      for (const std::string& name : pattern.stacks) check_codes(rule, pattern, name);
    }
  }
}

// A rule over both sides may read a code in the broker's light, but the code must exist.
TEST(Shipped, both_sides_speak_of_codes_that_exist) {
  for (const Rule& rule : shipped().rules) {
    for (const DevicePattern& pattern : rule.device) {
      for (const auto& [first, last] : pattern.codes) {
        for (const std::int64_t code : {first, last}) {
          const auto stack = catalog::find_stack(pattern.stacks.front());
          EXPECT_TRUE(catalog::lookup(code, stack).known()) << rule.name << ": " << code;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tlswatch::diagnose
