// Stock Tasmota's lines: which are looked at, what is read of them, and in which wrappings they come.
#include <gtest/gtest.h>

#include <string>

#include "daemon/core/syslog/rate_limiter.h"
#include "daemon/core/syslog/syslog_message.h"
#include "daemon/core/tasmota_log/tasmota_line.h"

namespace tlswatch::test {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* said;  // kind number 'detail'; empty: nothing
};

std::string said(std::string_view text) {
  const auto line = tasmota_log::read_line(text);
  if (!line) return {};
  return std::string(tasmota_log::line_name(line->kind)) + " " + std::to_string(line->number) + " '" +
         std::string(line->outside_detail) + "'";
}

const Row kLines[] = {
    {"an_error", "MQT: TLS connection error: 62", "tls-error 62 ''"},
    {"an_error_below_zero", "MQT: TLS connection error: -1002", "tls-error -1002 ''"},
    {"an_error_with_its_time", "00:00:12.345 MQT: TLS connection error: 296", "tls-error 296 ''"},
    {"an_error_with_time_and_heap", "00:00:12.345-026/12 MQT: TLS connection error: 54\r\n",
     "tls-error 54 ''"},
    {"no_connection", "MQT: Connect failed to broker.lan:8883, rc -2. Retry in 10 sec",
     "connect-failed -2 'broker.lan:8883'"},
    {"no_connection_in_german",
     "MQT: Verbindung fehlgeschlagen aufgrund von broker.lan:8883, rc 5. Wiederversuch in 10 sec",
     "connect-failed 5 'broker.lan:8883'"},
    {"a_connection", "MQT: TLS connected in 712 ms, max ThunkStack used 3616", "tls-connected 712 ''"},
    {"a_cipher_suite", "MQT: TLS cipher suite: ECDHE_RSA_AES_128_GCM_SHA256",
     "cipher-suite 0 'ECDHE_RSA_AES_128_GCM_SHA256'"},
    {"no_mfln", "MQT: MFLN not supported by TLS server", "mfln-unsupported 0 ''"},
    {"a_fingerprint", "MQT: Fingerprint learned: 0A 1B 2C", "fingerprint-learned 0 '0A 1B 2C'"},
    {"the_server_s_fingerprint", "MQT: Server fingerprint: 0A 1B", "server-fingerprint 0 '0A 1B'"},
    {"a_secret", "WIF: password hunter2", ""},
    {"a_published_message_that_quotes_an_error",
     "MQT: stat/x/RESULT = {\"a\":\"MQT: TLS connection error: 62\"}", ""},
    {"an_error_with_something_behind", "MQT: TLS connection error: 62 hunter2", ""},
    {"a_cipher_suite_with_something_behind", "MQT: TLS cipher suite: AES password=hunter2", ""},
    {"a_fingerprint_that_is_none", "MQT: Fingerprint learned: hunter2", ""},
    {"a_port_that_is_none", "MQT: Connect failed to broker.lan:x, rc -2. Retry in 10 sec", ""},
    {"an_error_of_another_module", "HTP: TLS connection error: 62", ""},
    {"a_number_too_large", "MQT: TLS connection error: 99999999999", ""},
    {"nothing", "", ""},
};
class TasmotaLines : public testing::TestWithParam<Row> {};
TEST_P(TasmotaLines, are_read) {
  EXPECT_EQ(said(GetParam().text), GetParam().said);
}
INSTANTIATE_TEST_SUITE_P(DeviceLog, TasmotaLines, testing::ValuesIn(kLines),
                         [](const auto& row) { return std::string(row.param.name); });

struct DatagramRow {
  const char* name;
  const char* datagram;
  const char* host;
  const char* text;  // "-": no syslog
};
const DatagramRow kDatagrams[] = {
    {"before_13_4", "wemos5 ESP-MQT: TLS connection error: 62", "wemos5", "MQT: TLS connection error: 62"},
    {"until_august_2025", "<134>wemos5 ESP-MQT: TLS connection error: 62", "wemos5",
     "MQT: TLS connection error: 62"},
    {"rfc_3164", "<134>Jan  1 00:00:02 wemos5 ESP-MQT: TLS connection error: 62", "wemos5",
     "MQT: TLS connection error: 62"},
    {"since_august_2025",
     "<134>1 1970-01-01T00:00:02.096000+01:00 wemos5 tasmota - - MQT: TLS connection error: 62", "wemos5",
     "MQT: TLS connection error: 62"},
    {"since_august_2025_glued",
     "<134>1 1970-01-01T00:00:02.096000+01:00 wemos5 tasmota - - -MQT: TLS connection error: 62", "wemos5",
     "MQT: TLS connection error: 62"},
    {"rfc_5424", "<134>1 2026-11-23T00:00:02Z wemos5 tasmota 12 ID7 - MQT: TLS connection error: 62",
     "wemos5", "MQT: TLS connection error: 62"},
    {"rfc_5424_with_data_and_bom",
     "<134>1 - wemos5 tasmota - - [a@1 b=\"]\\\"\"][c d=\"e\"] \xEF\xBB\xBFMQT: TLS connection error: 62",
     "wemos5", "MQT: TLS connection error: 62"},
    {"rfc_5424_without_a_host", "<134>1 - - tasmota - - - MQT: x", "", "MQT: x"},
    {"another_program", "<134>1 - wemos5 sshd - - - Failed password", "wemos5", "Failed password"},
    {"a_priority_too_high", "<192>wemos5 ESP-MQT: x", "", "-"},
    {"a_priority_without_end", "<134 wemos5 ESP-MQT: x", "", "-"},
    {"an_open_bracket", "<134>1 - h a - - [x", "", "-"},
    {"no_time", "<134>1 MQT: x y z", "", "-"},
    {"no_tag", "wemos5 hello there", "", "-"},
    {"nothing", "", "", "-"},
};
class Datagrams : public testing::TestWithParam<DatagramRow> {};
TEST_P(Datagrams, are_read) {
  const auto message = syslog::read_message(GetParam().datagram);
  if (!message) {
    EXPECT_STREQ(GetParam().text, "-");
    return;
  }
  EXPECT_EQ(message->outside_host, GetParam().host);
  EXPECT_EQ(syslog::TasmotaText(*message).view(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(DeviceLog, Datagrams, testing::ValuesIn(kDatagrams),
                         [](const auto& row) { return std::string(row.param.name); });

facts::Address from(std::uint32_t address) {
  return {.bytes = {static_cast<std::uint8_t>(address >> 24), static_cast<std::uint8_t>(address >> 16),
                    static_cast<std::uint8_t>(address >> 8), static_cast<std::uint8_t>(address)},
          .size = 4};
}
constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(RateLimiter, lets_a_burst_through_and_then_so_many_a_second) {
  syslog::RateLimiter limiter;
  std::uint32_t admitted = 0;
  for (int i = 0; i < 1000; ++i) admitted += limiter.admit(from(1), 5) ? 1U : 0U;
  EXPECT_EQ(admitted, syslog::kBurst);
  admitted = 0;
  for (std::uint64_t ms = 0; ms < 10'000; ++ms)
    admitted += limiter.admit(from(1), 5 + ms * 1'000'000) ? 1U : 0U;
  EXPECT_EQ(admitted, 10 * syslog::kPerSecond - 1);
  EXPECT_TRUE(limiter.admit(from(2), 5)) << "another address is another matter";
}

TEST(RateLimiter, is_bounded_over_all_addresses_in_time_and_memory) {
  syslog::RateLimiter limiter;
  std::uint32_t admitted = 0;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) admitted += limiter.admit(from(i), kSecond) ? 1U : 0U;
  EXPECT_EQ(admitted, syslog::kBurstOfAll);
  EXPECT_EQ(limiter.sources(), syslog::kMaxSources);
}

TEST(RateLimiter, takes_an_ipv6_network_of_64_bits_for_one_sender) {
  syslog::RateLimiter limiter;
  std::uint32_t admitted = 0;
  for (std::uint8_t i = 0; i < 200; ++i) {
    facts::Address address{.bytes = {0x20, 0x01, 0x0D, 0xB8}, .size = 16};
    address.bytes[15] = i;
    admitted += limiter.admit(address, kSecond) ? 1U : 0U;
  }
  EXPECT_EQ(admitted, syslog::kBurst);
}

}  // namespace
}  // namespace tlswatch::test
