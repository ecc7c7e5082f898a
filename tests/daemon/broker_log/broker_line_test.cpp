// One line of Mosquitto's log: lines as 2.0.11, 2.0.21 and 2.1.2 printed them, and lines that a client
// forged.
#include "daemon/core/broker_log/broker_line.h"

#include <gtest/gtest.h>

#include <string>

#include "daemon/core/wire/address_text.h"

namespace tlswatch::test {
namespace {

using namespace broker_log;  // NOLINT: the subject

std::string said(const BrokerLine& line) {
  std::string out = line.unix_s ? std::to_string(*line.unix_s) + " " : "";
  if (const auto* c = std::get_if<Connected>(&line.what)) {
    out.append("connected ").append(facts::to_text(c->peer).view());
    out += " " + std::to_string(c->peer.port) + " '";
    out.append(c->outside_id).append("' '").append(c->outside_user);
    return out + "' " + std::to_string(c->keepalive_s);
  }
  if (const auto* left = std::get_if<Left>(&line.what)) {
    return out.append("left '").append(left->outside_id).append("' ").append(left->reason);
  }
  if (std::holds_alternative<Restarted>(line.what)) return out + "restarted";
  return out + (std::holds_alternative<Ambiguous>(line.what) ? "ambiguous" : "other");
}

struct Row {
  const char* name;
  const char* line;
  const char* said;
};
const Row kRows[] = {
    {"a_connect", "1795473021: New client connected from 127.0.0.1:55738 as never (p2, c1, k60, u'alice').",
     "1795473021 connected 127.0.0.1 55738 'never' 'alice' 60"},
    {"a_connect_without_a_user", "New client connected from 10.0.0.7:41022 as boiler (p5, c0, k0).",
     "connected 10.0.0.7 41022 'boiler' '' 0"},
    {"a_connect_over_ipv6", "New client connected from 2001:db8::7:41022 as six (p4, c1, k60).",
     "connected 2001:db8::7 41022 'six' '' 60"},
    {"a_connect_over_websockets", "New client connected from ::ffff:10.0.0.7:41022 as web (p2, c1, k60).",
     "connected 10.0.0.7 41022 'web' '' 60"},
    {"a_time_of_digits", "2026-11-23T22:30:21+0100: Client never disconnected.", "left 'never' disconnect"},
    {"a_time_in_brackets", "[2026-11-23 22:30:21]: Client never disconnected.", "left 'never' disconnect"},
    {"an_id_with_spaces_quotes_and_as",
     "New client connected from 10.0.0.7:1 as a as \"b\" u'c (p2, c1, k60).",
     "connected 10.0.0.7 1 'a as \"b\" u'c' '' 60"},
    {"an_id_that_ends_like_the_parameters",
     "New client connected from 127.0.0.1:56370 as evil as other (p2, c1, k60, u'x'). \"q\" (p2, c1, k60).",
     "connected 127.0.0.1 56370 'evil as other (p2, c1, k60, u'x'). \"q\"' '' 60"},
    {"an_id_or_a_user_that_holds_parameters",
     "New client connected from 127.0.0.1:1 as a (p2, c1, k60, u'b (p2, c1, k60, u'c').", "ambiguous"},
    {"an_id_that_is_all_parameters", "New client connected from 127.0.0.1:1 as  (p2, c1, k60) (p2, c1, k60).",
     "connected 127.0.0.1 1 ' (p2, c1, k60)' '' 60"},
    {"a_refused_login", "1795473021: Client <unknown> disconnected, not authorised.",
     "1795473021 left '' credentials-refused"},
    {"a_refused_login_on_2_0_21", "Client bad pw as x (p2, c1, k60). disconnected, not authorised.",
     "left 'bad pw as x (p2, c1, k60).' credentials-refused"},
    {"a_take_over", "Client dup already connected, closing old connection.", "left 'dup' taken-over"},
    {"a_keepalive", "Client slow has exceeded timeout, disconnecting.", "left 'slow' keepalive-timeout"},
    {"a_tls_error", "Client <unknown> disconnected: Protocol error.", "left '' closed"},
    {"an_id_that_quotes_another_end", "Client victim disconnected, not authorised. closed its connection.",
     "left 'victim disconnected, not authorised.' closed"},
    {"an_end_on_2_1", "Client dup [127.0.0.1:41788] disconnected: session taken over.", "other"},
    {"a_new_run", "1795473020: mosquitto version 2.0.11 starting", "1795473020 restarted"},
    {"a_connection", "New connection from 127.0.0.1:55738 on port 13883.", "other"},
    {"a_failed_handshake",
     "Client connection from 127.0.0.1 failed: error:0A00010B:SSL routines::wrong version number.", "other"},
    {"a_forged_line_behind_a_topic",
     "Received PUBLISH from 1: New client connected from 10.0.0.9:1 as admin (p2, c1, k60).", "other"},
    {"a_forged_line_behind_an_id",
     "Client 1: New client connected from 10.0.0.9:1 as admin (p2, c1, k60). disconnected.",
     "left '1: New client connected from 10.0.0.9:1 as admin (p2, c1, k60).' disconnect"},
    {"a_port_that_is_none", "New client connected from 10.0.0.7:70000 as boiler (p2, c1, k60).", "other"},
    {"no_address", "New client connected from boiler as boiler (p2, c1, k60).", "other"},
    {"an_empty_id", "New client connected from 10.0.0.7:1 as  (p2, c1, k60).", "other"},
    {"nothing", "", "other"},
};

class BrokerLines : public testing::TestWithParam<Row> {};
TEST_P(BrokerLines, are_read) {
  EXPECT_EQ(said(read_line(GetParam().line)), GetParam().said);
}
INSTANTIATE_TEST_SUITE_P(BrokerLog, BrokerLines, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(BrokerLine, no_phrase_is_the_end_of_another) {
  for (const Phrase& a : phrases()) {
    for (const Phrase& b : phrases()) {
      EXPECT_EQ(a.text.ends_with(b.text), &a == &b) << a.text << " / " << b.text;
    }
  }
}

TEST(BrokerLine, longer_than_the_limit_is_none) {
  const std::string id(kMaxLine, 'x');
  EXPECT_EQ(said(read_line("Client " + id + " disconnected.")), "other");
}

struct AddressRow {
  const char* text;
  const char* read;  // empty: it is no address
};
const AddressRow kAddresses[] = {
    {"10.0.0.7", "10.0.0.7"},
    {"::1", "::1"},
    {"::", "::"},
    {"2001:DB8:0:0:1::7", "2001:db8::1:0:0:7"},
    {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {"::ffff:a00:7", "10.0.0.7"},
    {"::ffff:10.0.0.7", "10.0.0.7"},
    {"10.0.0", ""},
    {"10.0.0.7.8", ""},
    {"10.0.0.256", ""},
    {"10..0.7", ""},
    {"+1.0.0.7", ""},
    {"", ""},
    {"1:2:3:4:5:6:7", ""},
    {"1:2:3:4:5:6:7:8:9", ""},
    {"1::2::3", ""},
    {"12345::", ""},
    {"fe80::1%eth0", ""},
    {":1", ""},
    {"1:", ""},
};
TEST(Address, is_read_as_it_is_written) {
  for (const AddressRow& row : kAddresses) {
    const auto address = facts::parse_address(row.text);
    EXPECT_EQ(address ? std::string(facts::to_text(*address).view()) : "", row.read) << row.text;
  }
}

}  // namespace
}  // namespace tlswatch::test
