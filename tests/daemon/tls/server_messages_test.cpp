#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "daemon/core/tls/certificate.h"
#include "daemon/core/tls/key_exchange.h"
#include "daemon/core/tls/server_hello.h"
#include "tests/daemon/tls/message.h"

namespace tlswatch::tls {
namespace {

using namespace tlswatch::test;

struct HelloCase {
  const char* name;
  Buffer message;
  std::function<bool(const ServerHello&)> holds;
};
// clang-format off
const HelloCase kHellos[] = {
    {"without_extensions", message(2, u16s({0x0302}) + Buffer(32, 1) + vec(1, {}) + u16s({0x002F}) + Buffer{0}),
     [](const ServerHello& h) { return h.version == 0x0302 && h.cipher_suite == 0x002F && h.extensions.empty(); }},
    {"the_fragment_length_is_echoed", server_hello(ext(1, {2})),
     [](const ServerHello& h) { return h.max_fragment_length->bytes() == 1024; }},
    {"the_version_is_the_selected_one", server_hello(ext(43, u16s({0x0304})), 0x1301),
     [](const ServerHello& h) { return h.version == 0x0304 && h.legacy_version == 0x0303; }},
    {"the_group_is_the_key_shares", server_hello(ext(51, u16s({29}) + vec(2, Buffer(32, 1)))),
     [](const ServerHello& h) { return h.selected_group == 29; }},
    {"a_key_share_without_its_key_is_malformed", server_hello(ext(51, u16s({29}))),
     [](const ServerHello& h) { return !h.selected_group && h.malformed_extensions == 1; }},
    {"alpn_is_one_name", server_hello(ext(16, vec(2, vec(1, text("mqtt"))))),
     [](const ServerHello& h) { return h.alpn == "mqtt"; }},
    {"two_alpn_names_are_malformed", server_hello(ext(16, vec(2, vec(1, text("a")) + vec(1, text("b"))))),
     [](const ServerHello& h) { return h.alpn.empty() && h.malformed_extensions == 1; }},
    {"flags_are_read", server_hello(ext(22, {}) + ext(23, {}) + ext(35, {}) + ext(0xFF01, {0})),
     [](const ServerHello& h) { return h.encrypt_then_mac && h.extended_master_secret && h.session_ticket && h.secure_renegotiation; }},
    {"a_selected_psk_is_read", server_hello(ext(41, u16s({0}))),
     [](const ServerHello& h) { return h.selected_psk == 0; }},
    {"record_size_limit_is_read", server_hello(ext(28, u16s({1024}))),
     [](const ServerHello& h) { return h.record_size_limit == 1024; }},
};
// clang-format on

class ServerHelloAccepts : public testing::TestWithParam<HelloCase> {};
TEST_P(ServerHelloAccepts, Hello) {
  const auto hello = parse_server_hello(GetParam().message);
  ASSERT_TRUE(hello.ok()) << describe(hello.error());
  EXPECT_TRUE(GetParam().holds(*hello));
}
INSTANTIATE_TEST_SUITE_P(Parser, ServerHelloAccepts, testing::ValuesIn(kHellos),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ServerHelloCapture, Openssl) {
  const Buffer old = capture("tls12_server_hello");
  const auto tls12 = parse_server_hello(old);
  ASSERT_TRUE(tls12.ok());
  EXPECT_EQ(tls12->version, 0x0303);
  EXPECT_EQ(tls12->cipher_suite, 0xC030);
  EXPECT_EQ(tls12->max_fragment_length->bytes(), 1024);
  EXPECT_TRUE(tls12->session_ticket && tls12->extended_master_secret && tls12->secure_renegotiation);
  EXPECT_FALSE(tls12->hello_retry_request);

  const Buffer now = capture("tls13_server_hello");
  const auto tls13 = parse_server_hello(now);
  ASSERT_TRUE(tls13.ok());
  EXPECT_EQ(tls13->version, 0x0304);
  EXPECT_EQ(tls13->cipher_suite, 0x1302);
  EXPECT_EQ(tls13->selected_group, 29);
  EXPECT_EQ(tls13->session_id.size(), 32U);
}

TEST(ServerHelloCapture, HelloRetryRequestIsToldByItsRandom) {
  const Buffer bytes = capture("hello_retry_request");
  const auto hello = parse_server_hello(bytes);
  ASSERT_TRUE(hello.ok());
  EXPECT_TRUE(hello->hello_retry_request);
  EXPECT_EQ(hello->selected_group, 24);  // secp384r1, which the client had no share for
  EXPECT_EQ(hello->version, 0x0304);
}

TEST(EncryptedExtensionsCapture, MflnAndAlpnOfTls13) {
  const Buffer bytes = capture("tls13_encrypted_extensions");
  const auto out = parse_encrypted_extensions(bytes);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->max_fragment_length->bytes(), 512);
  EXPECT_EQ(out->alpn, "mqtt");
  EXPECT_EQ(out->extensions.count(), 2U);
}

struct RejectCase {
  const char* name;
  Buffer message;
  ParseError error;
};
// clang-format off
const RejectCase kServerHelloRejects[] = {
    {"client_hello", client_hello({}), ParseError::wrong_type},
    {"a_session_id_of_33_bytes", message(2, u16s({0x0303}) + Buffer(32, 1) + vec(1, Buffer(33, 0)) + u16s({1}) + Buffer{0}), ParseError::bad_length},
    {"an_extension_past_its_block", server_hello(u16s({1, 9}) + Buffer{1}), ParseError::bad_length},
    {"no_cipher_suite", message(2, u16s({0x0303}) + Buffer(32, 1) + vec(1, {})), ParseError::bad_length},
    {"more_than_4096_bytes", server_hello(ext(51, Buffer(4096, 0))), ParseError::too_long},
};
// clang-format on
class ServerHelloRejects : public testing::TestWithParam<RejectCase> {};
TEST_P(ServerHelloRejects, Hello) {
  const auto hello = parse_server_hello(GetParam().message);
  ASSERT_FALSE(hello.ok());
  EXPECT_EQ(hello.error(), GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(Parser, ServerHelloRejects, testing::ValuesIn(kServerHelloRejects),
                         [](const auto& row) { return std::string(row.param.name); });

/// Every parser, every length of a real message.
struct CutCase {
  const char* name;
  const char* message;
  std::function<bool(wire::Bytes, bool)> parses;
};
// clang-format off
const CutCase kCuts[] = {
    {"server_hello", "tls13_server_hello", [](wire::Bytes b, bool cut) { const auto r = parse_server_hello(b, cut); return r.ok() && (!cut || r->cut); }},
    {"hello_retry_request", "hello_retry_request", [](wire::Bytes b, bool cut) { const auto r = parse_server_hello(b, cut); return r.ok() && (!cut || r->cut); }},
    {"encrypted_extensions", "tls13_encrypted_extensions", [](wire::Bytes b, bool cut) { const auto r = parse_encrypted_extensions(b, cut); return r.ok() && (!cut || r->cut); }},
};
// clang-format on
class Cut : public testing::TestWithParam<CutCase> {};
TEST_P(Cut, EveryLengthIsRejectedOrFlagged) {
  const Buffer whole = capture(GetParam().message);
  ASSERT_TRUE(GetParam().parses(whole, false));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const wire::Bytes bytes(whole.data(), n);
    EXPECT_FALSE(GetParam().parses(bytes, false)) << n;
    EXPECT_EQ(GetParam().parses(bytes, true), n >= 4) << n;
  }
}
INSTANTIATE_TEST_SUITE_P(Parser, Cut, testing::ValuesIn(kCuts),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ServerKeyExchange, CurveOfARealOneInItsFirstEightBytes) {
  const Buffer whole = capture("tls12_server_key_exchange");
  const wire::Bytes head = wire::Bytes(whole).first(kServerKeyExchangeHead);
  EXPECT_EQ(parse_server_key_exchange_head(head).value(), 29);
  EXPECT_EQ(parse_server_key_exchange_head(whole).value(), 29);
  EXPECT_EQ(parse_server_key_exchange_head(head.first(7)).value(), 29) << "the point's length is not needed";
  for (std::size_t n = 0; n < 7; ++n) {
    EXPECT_EQ(parse_server_key_exchange_head(head.first(n)).error(), ParseError::truncated) << n;
  }
}

TEST(ServerKeyExchange, WhatIsNoNamedCurveIsRefused) {
  EXPECT_EQ(parse_server_key_exchange_head(message(12, Buffer{1, 0, 23, 1, 4})).error(),
            ParseError::wrong_type);
  EXPECT_EQ(parse_server_key_exchange_head(message(14, Buffer{3, 0, 23, 1, 4})).error(),
            ParseError::wrong_type);
  EXPECT_EQ(parse_server_key_exchange_head(message(12, Buffer{3, 0, 23, 9, 4})).error(),
            ParseError::bad_length);
  EXPECT_EQ(parse_server_key_exchange_head(message(12, Buffer{3, 0})).error(), ParseError::bad_length);
}

TEST(PskClientKeyExchange, IdentityOfPlainAndEcdhePsk) {
  const Buffer plain = capture("psk12_client_key_exchange");
  EXPECT_EQ(as_string(parse_psk_client_key_exchange(plain).value()), "sensor-7");
  const Buffer ecdhe = capture("ecdhepsk12_client_key_exchange");
  EXPECT_EQ(as_string(parse_psk_client_key_exchange(ecdhe).value()), "sensor-7");
  // 8 bytes of identity: cut behind it the identity is whole, before its end it is nobody's.
  for (std::size_t n = 0; n < ecdhe.size(); ++n) {
    const auto cut = parse_psk_client_key_exchange(wire::Bytes(ecdhe).first(n), true);
    EXPECT_EQ(cut.ok(), n >= 4 + 2 + 8) << n;
    EXPECT_FALSE(parse_psk_client_key_exchange(wire::Bytes(ecdhe).first(n)).ok()) << n;
  }
}

TEST(PskClientKeyExchange, Rejects) {
  EXPECT_EQ(parse_psk_client_key_exchange(message(11, vec(2, text("x")))).error(), ParseError::wrong_type);
  EXPECT_EQ(parse_psk_client_key_exchange(message(16, Buffer{0, 9, 'x'})).error(), ParseError::bad_length);
  EXPECT_TRUE(parse_psk_client_key_exchange(message(16, vec(2, {}))).value().empty());
}

constexpr std::uint16_t kTls12Version = 0x0303;
constexpr std::uint16_t kTls13Version = 0x0304;

TEST(FirstCertificate, BothLayoutsGiveTheSameLeaf) {
  const Buffer old = capture("mtls12_certificate_client");
  const Buffer now = capture("mtls13_certificate_client");
  const auto leaf12 = first_certificate(old, kTls12Version);
  const auto leaf13 = first_certificate(now, kTls13Version);
  ASSERT_TRUE(leaf12.ok() && leaf13.ok());
  EXPECT_EQ(as_string(leaf12->der), as_string(leaf13->der));
  EXPECT_EQ(leaf12->der.size(), 383U);
  EXPECT_EQ(leaf12->der[0], 0x30);
  EXPECT_TRUE(leaf13->tls13);
  EXPECT_FALSE(leaf12->cut || leaf13->cut);
}

TEST(FirstCertificate, AnEmptyListIsAnAnswer) {
  EXPECT_TRUE(first_certificate(message(11, vec(3, {})), kTls12Version)->der.empty());
  EXPECT_TRUE(first_certificate(message(11, vec(1, {}) + vec(3, {})), kTls13Version)->der.empty());
}

TEST(FirstCertificate, OfSeveralTheFirst) {
  const Buffer two = vec(3, vec(3, text("leaf")) + vec(3, text("issuer")));
  EXPECT_EQ(as_string(first_certificate(message(11, two), kTls12Version)->der), "leaf");
}

TEST(FirstCertificate, Rejects) {
  EXPECT_EQ(first_certificate(message(12, vec(3, {})), kTls12Version).error(), ParseError::wrong_type);
  EXPECT_EQ(first_certificate(message(11, Buffer{0, 0, 9, 0}), kTls12Version).error(),
            ParseError::bad_length);
  EXPECT_EQ(first_certificate(message(11, vec(3, Buffer{0, 0, 9, 'x'})), kTls12Version).error(),
            ParseError::bad_length);
  EXPECT_EQ(
      first_certificate(message(11, vec(3, Buffer{0, 0, 4, 'x'}) + Buffer(9, 0)), kTls12Version).error(),
      ParseError::bad_length)
      << "the certificate reaches past its list, into the rest of the message";
}

TEST(FirstCertificate, CutAnywhereIsFlagged) {
  for (const auto& [name, version] : {std::pair{"mtls12_certificate_client", kTls12Version},
                                      {"mtls13_certificate_client", kTls13Version}}) {
    const Buffer whole = capture(name);
    const auto full = first_certificate(whole, version);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      const wire::Bytes bytes(whole.data(), n);
      EXPECT_FALSE(first_certificate(bytes, version).ok()) << n;
      const auto cut = first_certificate(bytes, version, true);
      if (n < 4) {
        EXPECT_FALSE(cut.ok());
        continue;
      }
      ASSERT_TRUE(cut.ok()) << n;
      EXPECT_EQ(cut->cut, cut->der.size() < full->der.size()) << n;
    }
  }
}

}  // namespace
}  // namespace tlswatch::tls
