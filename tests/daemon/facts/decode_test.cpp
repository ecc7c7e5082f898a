// Records into facts: what is read, and what a bad section costs.
#include "daemon/core/wire/decode.h"

#include <gtest/gtest.h>

#include "daemon/core/wire/address_text.h"
#include "support/draft.h"

namespace tlswatch::test {
namespace {

using facts::decode;

TEST(Decode, a_handshake_with_all_its_numbers) {
  Draft draft(wire::RecordType::handshake, 7);
  draft.peer().local().role(wire::Role::bridge);
  draft.outcome(
      {.flags = wire::kEstablished | wire::kResumed, .version = 0x0304, .suite = 0x1301, .mfln = 2});
  draft.traffic({.in = 11,
                 .out = 22,
                 .largest_plain = 33,
                 .largest_protected = 44,
                 .over = {4, 3, 2, 1},
                 .last_in = 55});
  draft.tcp(8, 9, 66)
      .timing(100, 90)
      .alert(wire::Direction::sent, 2, 40)
      .openssl(0x0A0000C1, "no shared cipher");
  draft.verify(10, -1, "certificate has expired");
  const facts::Event event = decode(draft.record(3));
  EXPECT_EQ(event.sequence, 3U);
  EXPECT_EQ(event.session, 7U);
  EXPECT_EQ(event.bad_sections + event.unknown_sections + event.repeated_sections, 0);
  const auto& h = std::get<facts::Handshake>(event.facts);
  EXPECT_EQ(facts::to_text(*h.peer_address).view(), "10.0.0.7");
  EXPECT_EQ(h.peer_address->port, 41022);
  EXPECT_EQ(h.role->role, wire::Role::bridge);
  EXPECT_TRUE(h.outcome->established());
  EXPECT_EQ(h.outcome->version, 0x0304);
  EXPECT_EQ(h.outcome->cipher_suite, 0x1301);
  EXPECT_EQ(h.outcome->secret_bits, 128);
  EXPECT_EQ(h.outcome->max_fragment_length, 2);
  EXPECT_EQ(h.traffic->in, 11U);
  EXPECT_EQ(h.traffic->out, 22U);
  EXPECT_EQ(h.traffic->largest_plain, 33);
  EXPECT_EQ(h.traffic->largest_protected, 44);
  EXPECT_EQ(h.traffic->over, (std::array<std::uint32_t, 4>{4, 3, 2, 1}));
  EXPECT_EQ(h.traffic->last_in, 55);
  EXPECT_EQ(h.tcp->state, 8);
  EXPECT_EQ(h.tcp->retransmits, 9U);
  EXPECT_EQ(h.tcp->ms_since_last_data_received, 66U);
  EXPECT_EQ(h.timing->since_seen_ns, 100U);
  EXPECT_EQ(h.timing->since_client_hello_ns, 90U);
  ASSERT_EQ(h.alerts->count, 1U);
  EXPECT_EQ(h.alerts->items[0].description, 40);
  EXPECT_EQ(h.openssl_error->reason, "no shared cipher");
  EXPECT_EQ(h.verify->error, 10U);
  EXPECT_EQ(h.verify->depth, -1);
}

struct BadCase {
  const char* name;
  wire::Section tag;
  std::vector<std::uint8_t> content;
};
const BadCase kBad[] = {
    {"an_address_of_five_bytes", wire::Section::peer_address, {1, 2, 3, 4, 5, 6, 7}},
    {"an_address_without_a_port", wire::Section::peer_address, {1}},
    {"a_role_of_three", wire::Section::role, {3, 0}},
    {"a_role_of_one_byte", wire::Section::role, {1}},
    {"an_outcome_cut_short", wire::Section::outcome, {1, 2, 3}},
    {"an_outcome_of_an_unknown_stage", wire::Section::outcome, {8, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"an_outcome_with_bytes_left_over", wire::Section::outcome, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"a_tcp_section_cut_short", wire::Section::tcp, {1, 2, 3, 4}},
    {"a_traffic_section_cut_short", wire::Section::traffic, {1, 2, 3, 4}},
    {"a_timing_section_cut_short", wire::Section::timing, {1, 2, 3, 4, 5, 6, 7, 8, 9}},
    {"an_alert_of_direction_three", wire::Section::alerts, {3, 2, 40, 0}},
    {"half_an_alert", wire::Section::alerts, {1, 2}},
    {"an_openssl_error_of_seven_bytes", wire::Section::openssl_error, {1, 2, 3, 4, 5, 6, 7}},
    {"a_verify_section_of_four_bytes", wire::Section::verify, {1, 2, 3, 4}},
    {"a_chain_of_three_bytes", wire::Section::server_chain, {1, 2, 3}},
};

class BadSections : public testing::TestWithParam<BadCase> {};
TEST_P(BadSections, cost_themselves_and_not_the_event) {
  Draft draft(wire::RecordType::handshake, 1);
  draft.bytes(GetParam().tag, GetParam().content).text(wire::Section::psk_identity, "still there");
  const facts::Event event = decode(draft.record(1));
  EXPECT_EQ(event.bad_sections, 1);
  EXPECT_EQ(std::get<facts::Handshake>(event.facts).psk_identity->text(), "still there");
}
INSTANTIATE_TEST_SUITE_P(Facts, BadSections, testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Decode, sections_of_a_newer_plugin_or_of_another_record_are_skipped_and_counted) {
  Draft draft(wire::RecordType::session_start, 1);
  draft.text(static_cast<wire::Section>(999), "new").text(wire::Section::payload, "not here").peer();
  const facts::Event event = decode(draft.record(1));
  EXPECT_EQ(event.unknown_sections, 2);
  EXPECT_TRUE(std::get<facts::SessionStart>(event.facts).peer_address);
}

TEST(Decode, the_first_of_two_sections_counts) {
  Draft draft(wire::RecordType::session_start, 1);
  draft.peer(1111).peer(2222);
  const facts::Event event = decode(draft.record(1));
  EXPECT_EQ(event.repeated_sections, 1);
  EXPECT_EQ(std::get<facts::SessionStart>(event.facts).peer_address->port, 1111);
}

TEST(Decode, counters_by_number_and_unknown_ones_aside) {
  Draft draft(wire::RecordType::counters);
  draft.counter(1, 10).counter(5, 50).counter(77, 1);
  const facts::Event event = decode(draft.record(1));
  const auto& counters = std::get<facts::Counters>(event.facts);
  EXPECT_EQ(counters.total[1], 10U);
  EXPECT_EQ(counters.total[5], 50U);
  EXPECT_EQ(counters.unknown, 1);
}

TEST(Decode, a_record_of_a_newer_plugin_is_unknown) {
  Draft draft(static_cast<wire::RecordType>(77), 1);
  const facts::Event event = decode(draft.record(1));
  EXPECT_EQ(std::get<facts::Unknown>(event.facts).type, 77);
}

TEST(Decode, what_the_plugin_cut_is_known_to_be_cut) {
  const std::vector<std::uint8_t> bytes(10, 1);
  Draft draft(wire::RecordType::handshake, 1);
  draft.bytes(wire::Section::client_hello, bytes, true).bytes(wire::Section::server_hello, bytes);
  const facts::Event event = decode(draft.record(1));
  EXPECT_TRUE(std::get<facts::Handshake>(event.facts).client_hello->cut);
  EXPECT_FALSE(std::get<facts::Handshake>(event.facts).server_hello->cut);
}

struct AddressCase {
  const char* name;
  std::initializer_list<int> bytes;
  const char* text;
};
const AddressCase kAddresses[] = {
    {"ipv4", {192, 168, 0, 255}, "192.168.0.255"},
    {"ipv4_mapped", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3}, "10.1.2.3"},
    {"loopback", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
    {"any", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "::"},
    {"run_at_the_end", {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "2001:db8::"},
    {"first_of_two_equal_runs", {0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1}, "2001::1:0:0:1:1"},
    {"the_longer_run", {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1}, "1:0:1::1:1"},
    {"one_zero_is_not_compressed", {0, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 6, 0, 7, 0, 8}, "1:2:3:4:0:6:7:8"},
    {"full",
     {0xfe, 0x80, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66},
     "fe80:1234:5678:9abc:def0:1122:3344:5566"},
};

class AddressTexts : public testing::TestWithParam<AddressCase> {};
TEST_P(AddressTexts, are_as_rfc_5952_wants_them) {
  Draft draft(wire::RecordType::session_start, 1);
  draft.address(wire::Section::peer_address, GetParam().bytes, 1);
  const facts::Event event = decode(draft.record(1));
  EXPECT_EQ(facts::to_text(*std::get<facts::SessionStart>(event.facts).peer_address).view(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Facts, AddressTexts, testing::ValuesIn(kAddresses),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::test
