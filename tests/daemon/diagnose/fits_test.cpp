// Which failure at the broker may be which error of a device.
#include "daemon/core/diagnose/fits.h"

#include <gtest/gtest.h>

#include <functional>

namespace tlswatch::diagnose {
namespace {

using S = BrokerSymptoms;
using wire::Stage;
constexpr auto kReceived = wire::Direction::received;
constexpr auto kSent = wire::Direction::sent;
constexpr std::string_view kEof = "unexpected eof while reading";

void alert(S& s, wire::Direction direction, std::uint8_t description, std::uint8_t level = 2) {
  s.alerts.items[s.alerts.count++] = {direction, level, description};
}

struct FitCase {
  const char* name;
  std::function<void(S&)> broker;
  DeviceSymptoms device;
  std::string_view misfit;  ///< empty: they may be one event
};
// clang-format off
const FitCase kFits[] = {
    {"a_62_and_a_silent_close_at_the_certificate",
     [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::client; s.openssl_reason = kEof; },
     {"bearssl", "tls", 62, 0, true}, ""},
    {"a_62_and_the_alert_with_which_openssl_answers_the_end_of_file",
     [](S& s) { s.stage = Stage::certificate_sent; s.openssl_reason = kEof; alert(s, kSent, 50); },
     {"bearssl", "tls", 62, 0, true}, ""},
    {"a_62_and_a_reset_in_place_of_the_close",
     [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::reset; },
     {"bearssl", "tls", 62, 0, true}, ""},
    {"a_62_whose_close_came_late_behind_retransmits",
     [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::broker; s.lasted_ms = 90000; s.retransmits = 9; },
     {"bearssl", "tls", 62, 0, true}, ""},
    {"a_62_and_a_refusal_at_the_hello",
     [](S& s) { s.stage = Stage::client_hello; s.openssl_reason = "no shared cipher"; alert(s, kSent, 40); },
     {"bearssl", "tls", 62, 0, true}, "the device rejected a certificate before the broker sent one"},
    {"a_62_and_a_client_that_went_on_to_its_own_certificate",
     [](S& s) { s.stage = Stage::client_certificate; alert(s, kSent, 48); },
     {"bearssl", "tls", 62, 0, true}, "the device rejected the certificate, and the broker heard more of it"},
    {"a_wrong_fingerprint_and_a_connection_without_a_byte",
     [](S& s) { s.stage = Stage::connected; },
     {"tasmota", "tls", 1, 0, true}, "the device rejected a certificate before the broker sent one"},
    {"an_mbedtls_that_checks_behind_the_handshake",
     [](S& s) { s.stage = Stage::established; s.established = true; s.end_reason = "closed"; },
     {"mbedtls", "tls", -0x2700, 8, true}, ""},
    {"a_296_and_the_alert_40_that_made_it",
     [](S& s) { s.stage = Stage::client_hello; alert(s, kSent, 40); },
     {"bearssl", "tls", 296, 0, true}, ""},
    {"a_296_and_another_alert",
     [](S& s) { s.stage = Stage::client_hello; alert(s, kSent, 70); },
     {"bearssl", "tls", 296, 0, true}, "the device received an alert that the broker did not send"},
    {"a_296_and_silence",
     [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::client; },
     {"bearssl", "tls", 296, 0, true}, "the device received an alert that the broker did not send"},
    {"a_296_and_more_alerts_than_were_kept",
     [](S& s) { for (std::size_t i = 0; i < facts::Alerts::kMax; ++i) alert(s, kSent, 0, 1); },
     {"bearssl", "tls", 296, 0, true}, ""},
    {"a_296_of_an_established_session_that_the_broker_ended_so",
     [](S& s) { s.stage = Stage::established; s.end_reason = "protocol-error"; alert(s, kSent, 40); },
     {"bearssl", "mqtt", 296, 0, true}, ""},
    {"openssl_s_packed_alert_and_the_alert",
     [](S& s) { s.stage = Stage::client_hello; alert(s, kSent, 40); },
     {"openssl", "tls", 0x0A000410, 0, true}, ""},
    {"openssl_s_packed_alert_and_none",
     [](S& s) { s.stage = Stage::client_hello; },
     {"openssl", "tls", 0x0A000410, 0, true}, "the device received an alert that the broker did not send"},
    {"an_alert_whose_number_is_lost_and_any_alert",
     [](S& s) { s.stage = Stage::client_certificate; alert(s, kSent, 48); },
     {"mbedtls", "tls", -0x7780, 0, true}, ""},
    {"an_alert_whose_number_is_lost_and_a_close_notify",
     [](S& s) { s.stage = Stage::certificate_sent; alert(s, kSent, 0, 1); },
     {"mbedtls", "tls", -0x7780, 0, true}, "the device received a fatal alert and the broker sent none"},
    {"wolfssl_s_fatal_error_and_no_alert",
     [](S& s) { s.stage = Stage::client_hello; },
     {"wolfssl", "tls", -313, 0, true}, "the device received a fatal alert and the broker sent none"},
    {"a_fatal_alert_from_bearssl",
     [](S& s) { s.stage = Stage::certificate_sent; alert(s, kReceived, 48); },
     {"bearssl", "tls", 62, 0, true}, "the broker received a fatal alert, and BearSSL sends none"},
    {"a_fatal_alert_from_tasmota",
     [](S& s) { s.stage = Stage::certificate_sent; alert(s, kReceived, 42); },
     {"tasmota", "tls", 1, 0, true}, "the broker received a fatal alert, and BearSSL sends none"},
    {"a_goodbye_from_bearssl",
     [](S& s) { s.stage = Stage::certificate_sent; alert(s, kReceived, 0, 1); },
     {"bearssl", "tls", 62, 0, true}, ""},
    {"a_fatal_alert_from_mbedtls",
     [](S& s) { s.stage = Stage::certificate_sent; alert(s, kReceived, 48); },
     {"mbedtls", "tls", -0x2700, 8, true}, ""},
    {"an_mbedtls_whose_alert_was_lost_with_the_connection",
     [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::reset; },
     {"mbedtls", "tls", -0x2700, 8, true}, ""},
    {"no_dns",
     [](S& s) { s.stage = Stage::connected; },
     {"tasmota", "dns", -1001, 0, true}, "an error of phase dns or tcp never reaches the broker"},
    {"no_tcp",
     [](S& s) { s.stage = Stage::connected; },
     {"tasmota", "tcp", -1002, 0, true}, "an error of phase dns or tcp never reaches the broker"},
    {"tasmota_s_rc_minus_2_which_calls_a_lost_handshake_a_lost_connection",
     [](S& s) { s.stage = Stage::certificate_sent; s.closed_by = ClosedBy::client; },
     {"tasmota", "tcp", 0, -2, true}, ""},
    {"a_refused_login_and_the_session_that_ended_by_it",
     [](S& s) { s.stage = Stage::established; s.end_reason = "credentials-refused"; },
     {"tasmota", "mqtt", 0, 5, true}, ""},
    {"a_refused_login_where_the_broker_s_reason_is_not_known",
     [](S& s) { s.stage = Stage::established; s.end_reason = "unknown"; },
     {"tasmota", "mqtt", 0, 5, true}, ""},
    {"a_refused_login_and_a_session_that_was_let_in",
     [](S& s) { s.stage = Stage::established; s.end_reason = "keepalive-timeout"; },
     {"tasmota", "mqtt", 0, 5, true}, "the broker refused the device's CONNECT, and this session was let in"},
    {"mqtt_trouble_and_a_refused_hello",
     [](S& s) { s.stage = Stage::client_hello; s.openssl_reason = "no shared cipher"; alert(s, kSent, 40); },
     {"tasmota", "mqtt", 0, 5, true}, "the device was in MQTT and the broker had not answered its hello"},
    {"a_client_of_tls_1_3_that_was_done_before_its_certificate_was_missed",
     [](S& s) { s.stage = Stage::client_certificate; s.offered_version = 0x0304; alert(s, kSent, 116); },
     {"openssl", "mqtt", 0x0A00045C, 0, true}, ""},
    {"a_resumption_whose_last_message_was_lost",
     [](S& s) { s.stage = Stage::server_hello; s.lasted_ms = 60000; },
     {"tasmota", "mqtt", 0, -4, true}, ""},
    {"plain_mqtt_that_waits_for_its_answer",
     [](S& s) { s.stage = Stage::connected; s.first_bytes = FirstBytes::mqtt; },
     {"tasmota", "mqtt", 0, -4, true}, ""},
    {"a_tls_error_and_first_bytes_that_are_none",
     [](S& s) { s.stage = Stage::connected; s.first_bytes = FirstBytes::mqtt; },
     {"tasmota", "tls", -1005, 0, true}, "the device spoke TLS, and what the broker received was none"},
    {"a_timeout_and_a_session_whose_last_flight_was_lost",
     [](S& s) { s.stage = Stage::established; s.end_reason = "closed"; },
     {"tasmota", "tls", -1005, 0, true}, ""},
    {"a_timeout_in_tls_and_a_session_that_ended_in_order",
     [](S& s) { s.stage = Stage::established; s.end_reason = "disconnect"; },
     {"tasmota", "tls", -1005, 0, true}, "the device was in TLS and the session had seen its CONNECT"},
    {"a_timeout_and_a_connection_without_a_byte",
     [](S& s) { s.stage = Stage::connected; },
     {"tasmota", "tls", -1005, 0, true}, ""},
    {"no_memory_and_a_connection_without_a_byte",
     [](S& s) { s.stage = Stage::connected; s.closed_by = ClosedBy::client; },
     {"tasmota", "tls", -1000, 0, true}, ""},
    {"a_record_too_large_in_a_session",
     [](S& s) { s.stage = Stage::established; s.end_reason = "closed"; },
     {"bearssl", "mqtt", 6, 0, true}, ""},
};
// clang-format on
class Fits : public testing::TestWithParam<FitCase> {};
TEST_P(Fits, or_does_not_and_says_why) {
  S broker;
  GetParam().broker(broker);
  const DeviceSymptoms& device = GetParam().device;
  const auto rc = device.detail != 0 ? std::optional(static_cast<std::int32_t>(device.detail)) : std::nullopt;
  const catalog::Answer code = catalog::lookup(device.code, catalog::find_stack(device.stack), rc);
  ASSERT_TRUE(code.known());
  EXPECT_EQ(misfit(broker, device, code), GetParam().misfit);
  EXPECT_EQ(fits(broker, device, code), GetParam().misfit.empty());
}
INSTANTIATE_TEST_SUITE_P(Diagnose, Fits, testing::ValuesIn(kFits),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::diagnose
