// RFC 6125's names, row by row.
#include "daemon/core/tls/host_name.h"

#include <gtest/gtest.h>

namespace tlswatch::tls {
namespace {

struct NameCase {
  const char* name;
  const char* presented;
  const char* asked;
  bool matches;
};
const NameCase kNames[] = {
    {"the_same", "broker.example", "broker.example", true},
    {"another_case", "Broker.Example", "bROKER.eXAMPLE", true},
    {"a_last_dot", "broker.example", "broker.example.", true},
    {"another", "broker.example", "localhost", false},
    {"the_end_of_it_alone", "broker.example", "mybroker.example", false},
    {"a_wildcard_is_one_label", "*.lan.example", "mqtt.lan.example", true},
    {"a_wildcard_is_not_two", "*.lan.example", "a.mqtt.lan.example", false},
    {"a_wildcard_is_not_none", "*.lan.example", "lan.example", false},
    {"a_wildcard_is_not_an_empty_label", "*.lan.example", ".lan.example", false},
    {"a_wildcard_above_all_is_none", "*.example", "broker.example", false},
    {"a_star_alone_is_none", "*", "localhost", false},
    {"a_star_in_a_label_is_none", "m*.lan.example", "mqtt.lan.example", false},
    {"a_star_further_on_is_none", "mqtt.*.example", "mqtt.lan.example", false},
    {"a_star_that_is_asked_for_is_a_letter", "broker.example", "*.example", false},
    {"nothing", "", "", false},
};
class HostName : public testing::TestWithParam<NameCase> {};
TEST_P(HostName, matches_as_rfc_6125_says) {
  EXPECT_EQ(host_name_matches(GetParam().presented, GetParam().asked), GetParam().matches);
}
INSTANTIATE_TEST_SUITE_P(Tls, HostName, testing::ValuesIn(kNames),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(IpLiteral, is_told_from_a_name) {
  EXPECT_TRUE(is_ip_literal("192.168.1.4"));
  EXPECT_TRUE(is_ip_literal("2001:db8::1"));
  EXPECT_FALSE(is_ip_literal("localhost"));
  EXPECT_FALSE(is_ip_literal("4.lan.example"));
  EXPECT_FALSE(is_ip_literal(""));
}

}  // namespace
}  // namespace tlswatch::tls
