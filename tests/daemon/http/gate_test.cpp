// Who is answered: methods, the Host header, the token.
#include "daemon/http/gate.h"

#include <gtest/gtest.h>

namespace tlswatch::test {
namespace {

using http::Gate;
using http::Request;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

struct GateCase {
  const char* name;
  const char* token;  ///< the gate's own
  Request request;
  int status;  ///< 200: let through
};

Request asks(std::string path, std::vector<std::string> hosts, std::string authorization = {},
             std::string method = "GET") {
  Request out;
  out.method = std::move(method);
  out.path = std::move(path);
  out.hosts = std::move(hosts);
  out.authorization = std::move(authorization);
  return out;
}

const GateCase kCases[] = {
    {"localhost", "", asks("/", {"localhost:9883"}), 200},
    {"an_address_of_loopback", "", asks("/", {"127.0.0.1:9883"}), 200},
    {"another_port_since_a_tunnel_has_one", "", asks("/", {"127.0.0.1:8000"}), 200},
    {"ipv6_loopback", "", asks("/", {"[::1]:9883"}), 200},
    {"no_port", "", asks("/", {"LOCALHOST"}), 200},
    {"head", "", asks("/", {"localhost"}, "", "HEAD"), 200},
    {"a_page_from_elsewhere_whose_name_leads_here", "", asks("/", {"attacker.example"}), 403},
    {"a_name_that_begins_like_ours", "", asks("/", {"127.0.0.1.attacker.example"}), 403},
    {"a_name_that_ends_like_ours", "", asks("/", {"attacker.localhost.example"}), 403},
    {"a_port_that_is_none", "", asks("/", {"localhost:x"}), 403},
    {"what_follows_the_port", "", asks("/", {"localhost:80:80"}), 403},
    {"an_open_bracket", "", asks("/", {"[::1"}), 403},
    {"an_empty_host", "", asks("/", {""}), 403},
    {"no_host", "", asks("/", {}), 400},
    {"two_hosts", "", asks("/", {"localhost", "localhost"}), 400},
    {"post", "", asks("/", {"localhost"}, "", "POST"), 405},
    {"delete_without_a_host", "", asks("/api/v1/devices", {}, "", "DELETE"), 405},
    {"the_token", kToken, asks("/api/v1/totals", {"x"}, std::string("Bearer ") + kToken), 200},
    {"the_scheme_in_small_letters", kToken, asks("/metrics", {"x"}, std::string("bearer ") + kToken), 200},
    {"no_token", kToken, asks("/api/v1/totals", {"localhost"}), 401},
    {"no_token_for_the_metrics", kToken, asks("/metrics", {"localhost"}), 401},
    {"no_token_for_the_events", kToken, asks("/api/v1/events", {"localhost"}), 401},
    {"a_wrong_token", kToken, asks("/api/v1/totals", {"x"}, "Bearer 0123456789abcdef0123456789abcdeF"), 401},
    {"half_a_token", kToken, asks("/api/v1/totals", {"x"}, "Bearer 0123456789abcdef"), 401},
    {"an_empty_token", kToken, asks("/api/v1/totals", {"x"}, "Bearer "), 401},
    {"another_scheme", kToken, asks("/api/v1/totals", {"x"}, std::string("Basic ") + kToken), 401},
    {"a_path_that_looks_like_the_page", kToken, asks("//", {"x"}), 401},
    {"the_page_asks_for_the_token_itself", kToken, asks("/", {"x"}), 200},
    {"its_files", kToken, asks("/assets/main.js", {"x"}), 200},
    {"health_tells_nothing_of_the_fleet", kToken, asks("/healthz", {"x"}), 200},
};

class TheGate : public testing::TestWithParam<GateCase> {};
TEST_P(TheGate, lets_through_who_may) {
  const auto refusal = Gate(GetParam().token).check(GetParam().request);
  EXPECT_EQ(refusal ? refusal->status : 200, GetParam().status);
  if (!refusal) return;
  EXPECT_NE(refusal->body.find("\"message\":\""), std::string::npos) << refusal->body;
  EXPECT_EQ(refusal->body.find(kToken), std::string::npos) << "no secret in a message";
}
INSTANTIATE_TEST_SUITE_P(Http, TheGate, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TheGate, of_a_unix_socket_takes_any_name) {
  EXPECT_FALSE(Gate("", true).check(asks("/", {"tlswatch"})).has_value());
}

TEST(TheGate, says_which_methods_there_are_and_what_to_send) {
  EXPECT_EQ(Gate("").check(asks("/", {"localhost"}, "", "PUT"))->headers.front().second, "GET, HEAD");
  EXPECT_EQ(Gate(kToken).check(asks("/metrics", {"x"}))->headers.front().first, "WWW-Authenticate");
}

}  // namespace
}  // namespace tlswatch::test
