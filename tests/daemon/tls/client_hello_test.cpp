#include "daemon/core/tls/client_hello.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/daemon/tls/message.h"

namespace tlswatch::tls {
namespace {

using namespace tlswatch::test;

std::vector<std::uint16_t> list(const NumberList& numbers) {
  return {numbers.begin(), numbers.end()};
}

struct AcceptCase {
  const char* name;
  Buffer message;
  std::function<bool(const ClientHello&)> holds;
};

// clang-format off
const AcceptCase kAccepts[] = {
    {"a_hello_without_extensions_ends_after_compression",
     [] { HelloParts p; p.has_extensions = false; return client_hello(p); }(),
     [](const ClientHello& h) { return h.extensions.empty() && h.cipher_suites.size() == 1 && !h.cut; }},
    {"an_empty_extension_block_is_no_extension", client_hello_with({}),
     [](const ClientHello& h) { return h.extensions.count() == 0; }},
    {"a_session_id_of_32_bytes_is_kept",
     [] { HelloParts p; p.session_id = Buffer(32, 7); return client_hello(p); }(),
     [](const ClientHello& h) { return h.session_id.size() == 32; }},
    {"fragment_length_code_1_is_512_bytes", client_hello_with(ext(1, {1})),
     [](const ClientHello& h) { return h.max_fragment_length->bytes() == 512; }},
    {"fragment_length_code_4_is_4096_bytes", client_hello_with(ext(1, {4})),
     [](const ClientHello& h) { return h.max_fragment_length->bytes() == 4096; }},
    {"fragment_length_code_5_is_visible_and_bad", client_hello_with(ext(1, {5})),
     [](const ClientHello& h) { return h.max_fragment_length->code == 5 && !h.max_fragment_length->valid() && h.malformed_extensions == 0; }},
    {"fragment_length_code_0_is_visible_and_bad", client_hello_with(ext(1, {0})),
     [](const ClientHello& h) { return h.max_fragment_length->code == 0 && h.max_fragment_length->bytes() == 0; }},
    {"fragment_length_of_two_bytes_is_malformed", client_hello_with(ext(1, {1, 1})),
     [](const ClientHello& h) { return !h.max_fragment_length && h.malformed_extensions == 1; }},
    {"record_size_limit_is_read", client_hello_with(ext(28, u16s({16385}))),
     [](const ClientHello& h) { return h.record_size_limit == 16385; }},
    {"server_name_is_the_first_host_name",
     client_hello_with(ext(0, vec(2, Buffer{9} + vec(2, text("x")) + Buffer{0} + vec(2, text("a.example")) + Buffer{0} + vec(2, text("b"))))),
     [](const ClientHello& h) { return h.server_name == "a.example" && h.has_server_name; }},
    {"server_name_with_hostile_bytes_is_handed_on_as_bytes",
     client_hello_with(ext(0, vec(2, Buffer{0} + vec(2, Buffer{'a', 0, 0x1B, 0xFF})))),
     [](const ClientHello& h) { return h.server_name.size() == 4; }},
    {"a_server_name_that_overruns_its_list_is_malformed_but_there",
     client_hello_with(ext(0, vec(2, Buffer{0, 0, 9, 'a'}))),
     [](const ClientHello& h) { return h.has_server_name && h.server_name.empty() && h.malformed_extensions == 1; }},
    {"alpn_keeps_its_order", client_hello_with(ext(16, vec(2, vec(1, text("mqtt")) + vec(1, text("x-amzn-mqtt-ca"))))),
     [](const ClientHello& h) { auto it = h.alpn.begin(); const bool first = *it == "mqtt"; ++it; return first && *it == "x-amzn-mqtt-ca" && h.alpn.count() == 2; }},
    {"alpn_with_a_name_past_its_end_is_malformed", client_hello_with(ext(16, vec(2, Buffer{9, 'h', '2'}))),
     [](const ClientHello& h) { return h.alpn.empty() && h.malformed_extensions == 1; }},
    {"groups_are_read", client_hello_with(ext(10, vec(2, u16s({29, 23})))),
     [](const ClientHello& h) { return list(h.supported_groups) == std::vector<std::uint16_t>{29, 23}; }},
    {"an_odd_list_of_groups_is_malformed", client_hello_with(ext(10, vec(2, {0, 29, 0}))),
     [](const ClientHello& h) { return h.supported_groups.empty() && h.malformed_extensions == 1; }},
    {"signature_algorithms_are_read", client_hello_with(ext(13, vec(2, u16s({0x0804, 0x0401})))),
     [](const ClientHello& h) { return list(h.signature_algorithms) == std::vector<std::uint16_t>{0x0804, 0x0401}; }},
    {"the_highest_supported_version_wins_over_grease_and_legacy",
     client_hello_with(ext(43, vec(1, u16s({0x7A7A, 0x0303, 0x0304})))),
     [](const ClientHello& h) { return h.highest_version() == 0x0304 && h.supported_versions.size() == 3; }},
    {"without_supported_versions_the_legacy_version_counts",
     [] { HelloParts p; p.version = 0x0302; return client_hello(p); }(),
     [](const ClientHello& h) { return h.highest_version() == 0x0302; }},
    {"psk_identities_are_read_with_their_age",
     client_hello_with(ext(41, vec(2, vec(2, text("sensor-7")) + Buffer{0, 0, 0, 9} + vec(2, text("b")) + Buffer{0, 0, 0, 0}) + vec(2, vec(1, Buffer(32, 1)) + vec(1, Buffer(32, 2))))),
     [](const ClientHello& h) { const auto it = h.psk_identities.begin(); return as_string(it->identity) == "sensor-7" && it->obfuscated_ticket_age == 9 && h.psk_identities.count() == 2; }},
    {"an_empty_session_ticket_asks_for_one", client_hello_with(ext(35, {})),
     [](const ClientHello& h) { return h.has_session_ticket && !h.offers_session_ticket; }},
    {"a_session_ticket_is_offered", client_hello_with(ext(35, {1, 2})),
     [](const ClientHello& h) { return h.offers_session_ticket; }},
    {"of_a_repeated_extension_the_first_counts", client_hello_with(ext(1, {1}) + ext(1, {2})),
     [](const ClientHello& h) { return h.max_fragment_length->code == 1 && h.repeated_extensions == 1 && h.extensions.count() == 2; }},
    {"unknown_extensions_are_counted_and_grease_is_not", client_hello_with(ext(0x5A5A, {}) + ext(0x1234, {1}) + ext(5, {1, 0, 0, 0, 0})),
     [](const ClientHello& h) { return h.unknown_extensions == 2 && h.extensions.count() == 3; }},
    {"the_renegotiation_signal_suite_counts_as_secure_renegotiation",
     [] { HelloParts p; p.suites = u16s({0x009C, 0x00FF}); return client_hello(p); }(),
     [](const ClientHello& h) { return h.secure_renegotiation; }},
    {"flags_are_read", client_hello_with(ext(22, {}) + ext(23, {}) + ext(42, {})),
     [](const ClientHello& h) { return h.encrypt_then_mac && h.extended_master_secret && h.early_data && h.malformed_extensions == 0; }},
    {"key_shares_are_read", client_hello_with(ext(51, vec(2, u16s({29}) + vec(2, Buffer(32, 5))))),
     [](const ClientHello& h) { return h.key_shares.begin()->group == 29 && h.key_shares.begin()->key_exchange.size() == 32; }},
};

struct RejectCase {
  const char* name;
  Buffer message;
  ParseError error;
};
const RejectCase kRejects[] = {
    {"nothing", {}, ParseError::truncated},
    {"a_header_only_of_two_bytes", {1, 0}, ParseError::truncated},
    {"server_hello", {2, 0, 0, 1, 0}, ParseError::wrong_type},
    {"http", text("GET / HTTP/1.1"), ParseError::wrong_type},
    {"a_body_longer_than_its_length_says", client_hello({}) + Buffer{0}, ParseError::bad_length},
    {"a_length_that_promises_more_than_came", {1, 0, 0, 9, 3, 3}, ParseError::truncated},
    {"a_session_id_of_33_bytes", [] { HelloParts p; p.session_id = Buffer(33, 1); return client_hello(p); }(), ParseError::bad_length},
    {"an_odd_length_of_suites", [] { HelloParts p; p.suites = {0, 0x9C, 0}; return client_hello(p); }(), ParseError::bad_length},
    {"a_suite_list_past_the_end", message(1, u16s({0x0303}) + Buffer(32, 0) + vec(1, {}) + u16s({400}) + Buffer{0, 1}), ParseError::bad_length},
    {"an_extension_past_its_block", client_hello_with(u16s({1, 9}) + Buffer{1}), ParseError::bad_length},
    {"an_extension_block_with_bytes_left_over", client_hello_with(ext(1, {1}) + Buffer{0}), ParseError::bad_length},
    {"an_extension_block_shorter_than_the_body", [] { HelloParts p; p.has_extensions = false; const Buffer m = client_hello(p); const Buffer body(m.begin() + 4, m.end()); return message(1, body + Buffer{0, 0, 0}); }(), ParseError::bad_length},
    {"more_than_4096_bytes", client_hello_with(ext(21, Buffer(4096, 0))), ParseError::too_long},
};
// clang-format on

class Accepts : public testing::TestWithParam<AcceptCase> {};
TEST_P(Accepts, Hello) {
  const auto hello = parse_client_hello(GetParam().message);
  ASSERT_TRUE(hello.ok()) << describe(hello.error());
  EXPECT_TRUE(GetParam().holds(*hello));
  EXPECT_FALSE(hello->cut);
}
INSTANTIATE_TEST_SUITE_P(ClientHello, Accepts, testing::ValuesIn(kAccepts),
                         [](const auto& row) { return std::string(row.param.name); });

class Rejects : public testing::TestWithParam<RejectCase> {};
TEST_P(Rejects, Hello) {
  const auto hello = parse_client_hello(GetParam().message);
  ASSERT_FALSE(hello.ok());
  EXPECT_EQ(hello.error(), GetParam().error);
  EXPECT_FALSE(describe(hello.error()).empty());
}
INSTANTIATE_TEST_SUITE_P(ClientHello, Rejects, testing::ValuesIn(kRejects),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ClientHelloCapture, OpensslOnTls13WithMfln) {
  const Buffer bytes = capture("tls13_client_hello");
  const auto hello = parse_client_hello(bytes);
  ASSERT_TRUE(hello.ok());
  EXPECT_EQ(hello->legacy_version, 0x0303);
  EXPECT_EQ(hello->highest_version(), 0x0304);
  EXPECT_EQ(hello->session_id.size(), 32U);
  EXPECT_EQ(hello->cipher_suites.size(), 31U);
  EXPECT_EQ(hello->cipher_suites[0], 0x1302);
  EXPECT_EQ(hello->server_name, "broker.example");
  EXPECT_EQ(hello->max_fragment_length->bytes(), 512);
  EXPECT_EQ(list(hello->supported_groups),
            (std::vector<std::uint16_t>{0x1D, 0x17, 0x1E, 0x19, 0x18, 0x100, 0x101, 0x102, 0x103, 0x104}));
  EXPECT_EQ(hello->signature_algorithms.size(), 20U);
  EXPECT_EQ(hello->alpn.count(), 2U);
  EXPECT_EQ(hello->extensions.count(), 12U);
  EXPECT_EQ(hello->malformed_extensions, 0);
  EXPECT_EQ(hello->unknown_extensions, 2);  // ec_point_formats, psk_key_exchange_modes
}

TEST(ClientHelloCapture, BearsslAsTasmota) {
  const Buffer bytes = capture("bearssl_512_client_hello");
  const auto hello = parse_client_hello(bytes);
  ASSERT_TRUE(hello.ok());
  EXPECT_EQ(hello->highest_version(), 0x0303);
  EXPECT_EQ(list(hello->cipher_suites), (std::vector<std::uint16_t>{0x009C}));
  EXPECT_EQ(hello->max_fragment_length->bytes(), 512);
  EXPECT_TRUE(hello->secure_renegotiation);
  EXPECT_TRUE(hello->session_id.empty());
}

TEST(ClientHelloCapture, PskIdentityOfTls13) {
  const Buffer bytes = capture("psk13_client_hello");
  const auto hello = parse_client_hello(bytes);
  ASSERT_TRUE(hello.ok());
  ASSERT_EQ(hello->psk_identities.count(), 1U);
  EXPECT_EQ(as_string(hello->psk_identities.begin()->identity), "sensor-7");
}

/// Every length to which a real hello can be cut: an error where nobody said so, a flagged part where it is
/// known.
TEST(ClientHelloCut, EveryLengthIsRejectedOrFlagged) {
  for (const char* name : {"tls13_client_hello", "tls12_client_hello", "psk13_client_hello",
                           "bearssl_full_client_hello", "bearssl_512_client_hello"}) {
    const Buffer whole = capture(name);
    const auto full = parse_client_hello(whole, true);
    ASSERT_TRUE(full.ok());
    EXPECT_FALSE(full->cut) << "a whole message is whole, whatever was said";
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const Buffer bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
      const auto strict = parse_client_hello(bytes);
      ASSERT_FALSE(strict.ok()) << name << " at " << n;
      EXPECT_EQ(strict.error(), ParseError::truncated) << name << " at " << n;
      const auto cut = parse_client_hello(bytes, true);
      if (n < 4) {
        EXPECT_FALSE(cut.ok());
        continue;
      }
      ASSERT_TRUE(cut.ok()) << name << " at " << n;
      EXPECT_TRUE(cut->cut) << name << " at " << n;
      EXPECT_EQ(cut->malformed_extensions, 0) << name << " at " << n;
      EXPECT_LE(cut->extensions.count(), full->extensions.count());
      EXPECT_LE(cut->cipher_suites.size(), full->cipher_suites.size());
    }
  }
}

TEST(ClientHelloCut, WhatCameBeforeTheCutIsThere) {
  const Buffer whole =
      client_hello_with(ext(0, vec(2, Buffer{0} + vec(2, text("a.example")))) + ext(51, Buffer(900, 0)));
  const Buffer bytes(whole.begin(), whole.begin() + 200);
  const auto hello = parse_client_hello(bytes, true);
  ASSERT_TRUE(hello.ok());
  EXPECT_TRUE(hello->cut);
  EXPECT_EQ(hello->server_name, "a.example");
  EXPECT_EQ(hello->extensions.count(), 1U);
}

/// One byte changed anywhere: no crash, and views stay inside the message (checked by reading them all).
TEST(ClientHelloMutated, EveryByteEveryBit) {
  const Buffer whole = capture("tls13_client_hello");
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Buffer bytes = whole;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ 1U << bit);
      const auto hello = parse_client_hello(bytes);
      if (!hello) continue;
      ++accepted;
      std::size_t seen = hello->server_name.size();
      for (const auto protocol : hello->alpn) seen += protocol.size();
      for (const auto& extension : hello->extensions) seen += extension.body.size();
      EXPECT_LE(seen, 2 * bytes.size());
    }
  }
  EXPECT_GT(accepted, whole.size());
}

}  // namespace
}  // namespace tlswatch::tls
