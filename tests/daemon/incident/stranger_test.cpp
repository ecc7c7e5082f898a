// Who stands apart, and how often that is said.
#include "daemon/core/incident/stranger.h"

#include <gtest/gtest.h>

#include "support.h"

namespace tlswatch::incident {
namespace {

struct StrangerCase {
  const char* name;
  StrangerFacts facts;
  bool stranger;
};
const StrangerCase kCases[] = {
    {"http_from_an_unknown_address", {.cause = "not-tls", .devices_known = 100}, true},
    {"http_while_no_device_is_known", {.cause = "not-tls"}, true},
    {"http_from_a_devices_address",
     {.cause = "not-tls", .device_at_address = true, .devices_known = 100},
     false},
    {"a_port_scan", {.cause = "scanner", .devices_known = 100}, true},
    {"a_connection_without_a_byte_from_a_devices_address",
     {.cause = "scanner", .device_at_address = true, .devices_known = 100},
     false},
    {"plain_mqtt_from_an_unknown_address_is_a_device",
     {.cause = "plain-mqtt-on-tls-port", .devices_known = 100},
     false},
    {"an_odd_hello_from_an_unknown_address", {.cause = "no-shared-cipher", .devices_known = 100}, true},
    {"an_odd_hello_where_one_device_is_known", {.cause = "no-shared-cipher", .devices_known = 1}, true},
    {"a_first_devices_hello_on_a_fresh_install", {.cause = "no-shared-cipher"}, false},
    {"a_hello_as_the_fleets_from_an_unknown_address",
     {.cause = "server-cert-untrusted", .ja4_succeeded = true, .devices_known = 100},
     false},
    {"a_hello_that_a_profile_knows",
     {.cause = "server-cert-untrusted", .profile_matched = true, .devices_known = 100},
     false},
    {"an_odd_hello_from_a_devices_address",
     {.cause = "no-shared-cipher", .device_at_address = true, .devices_known = 100},
     false},
    {"an_odd_hello_of_a_device_that_is_named",
     {.cause = "credentials-refused", .device_named = true, .devices_known = 100},
     false},
    {"silence_from_an_unknown_address", {.cause = "handshake-timeout", .devices_known = 100}, true},
};
class Strangers : public testing::TestWithParam<StrangerCase> {};
TEST_P(Strangers, stand_apart) {
  EXPECT_EQ(is_stranger(GetParam().facts), GetParam().stranger);
}
INSTANTIATE_TEST_SUITE_P(Incident, Strangers, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(StrangerTable, folds_what_one_address_does) {
  StrangerTable table;
  std::vector<std::uint64_t> said;
  for (int i = 0; i < 1000; ++i) {
    const auto counted = table.count("edge-1", "not-tls", "198.51.100.7", kMidnight);
    if (counted.say) said.push_back(counted.of_address);
  }
  EXPECT_EQ(said, (std::vector<std::uint64_t>{1, 2, 3, 10, 100, 1000}));
  EXPECT_EQ(table.unsaid(), 994U);
}

TEST(StrangerTable, says_a_scan_from_everywhere_in_few_lines_an_hour) {
  StrangerTable table(1000);
  std::uint64_t said = 0, last = 0;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const auto counted = table.count("edge-1", "scanner", std::to_string(i), kMidnight + i * kHour / 500'000);
    said += counted.say;
    last = counted.of_cause;
  }
  EXPECT_EQ(said, 2 * kStrangerLinesPerHour) << "it took two hours";
  EXPECT_EQ(last, 1'000'000U);
  EXPECT_EQ(table.addresses(), 1000U);
  EXPECT_EQ(table.forgotten(), 999'000U);
  EXPECT_TRUE(table.count("edge-1", "not-tls", "198.51.100.7", kMidnight + kHour).say) << "another cause";
  EXPECT_TRUE(table.count("edge-2", "scanner", "198.51.100.7", kMidnight + kHour).say) << "another broker";
}

}  // namespace
}  // namespace tlswatch::incident
