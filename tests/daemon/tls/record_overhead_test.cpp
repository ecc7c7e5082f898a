#include "daemon/core/tls/record_overhead.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/client_hello.h"
#include "daemon/core/tls/key_exchange.h"
#include "daemon/core/tls/server_hello.h"
#include "tests/daemon/tls/openssl_pair.h"

namespace tlswatch::tls {
namespace {

using test::PairOptions;
using test::play;

struct Case {
  const char* name;
  std::uint16_t suite;
  std::uint16_t version;
  std::optional<Overhead> overhead;
};
const Case kCases[] = {
    {"gcm_on_1_2_is_8_and_16", 0x009C, 0x0303, Overhead{24, 24}},
    {"ccm_8_on_1_2_is_8_and_8", 0xC0A0, 0x0303, Overhead{16, 16}},
    {"ccm_on_1_2_is_8_and_16", 0xC09C, 0x0303, Overhead{24, 24}},
    {"chacha_on_1_2_is_16", 0xCCA8, 0x0303, Overhead{16, 16}},
    {"gcm_on_1_3_is_17", 0x1301, 0x0304, Overhead{17, 17}},
    {"chacha_on_1_3_is_17", 0x1303, 0x0304, Overhead{17, 17}},
    {"ccm_8_on_1_3_is_9", 0x1305, 0x0304, Overhead{9, 9}},
    {"rc4_is_its_mac", 0x0005, 0x0303, Overhead{20, 20}},
    {"null_sha256_is_its_mac", 0x003B, 0x0303, Overhead{32, 32}},
    {"nothing_adds_nothing", 0x0000, 0x0303, Overhead{0, 0}},
    {"integrity_only_1_3_is_33", 0xC0B4, 0x0304, Overhead{33, 33}},
    {"cbc_sha_on_1_2", 0x002F, 0x0303, Overhead{16 + 20 + 1, 16 + 20 + 256}},
    {"cbc_sha_on_1_0_has_no_iv", 0x002F, 0x0301, Overhead{20 + 1, 20 + 256}},
    {"cbc_sha_on_ssl_3_pads_one_block", 0x002F, 0x0300, Overhead{20 + 1, 20 + 16}},
    {"cbc_sha384_on_1_2", 0xC028, 0x0303, Overhead{16 + 48 + 1, 16 + 48 + 256}},
    {"triple_des_on_1_2_has_blocks_of_8", 0x000A, 0x0303, Overhead{8 + 20 + 1, 8 + 20 + 256}},
    {"gcm_does_not_exist_on_1_1", 0x009C, 0x0302, std::nullopt},
    {"a_1_3_suite_is_none_on_1_2", 0x1301, 0x0303, std::nullopt},
    {"a_1_2_suite_is_none_on_1_3", 0x009C, 0x0304, std::nullopt},
    {"an_unknown_suite", 0xFFFF, 0x0303, std::nullopt},
    {"an_unknown_version", 0x009C, 0x0305, std::nullopt},
};
class RecordOverhead : public testing::TestWithParam<Case> {};
TEST_P(RecordOverhead, Is) {
  EXPECT_EQ(record_overhead(GetParam().suite, GetParam().version), GetParam().overhead);
}
INSTANTIATE_TEST_SUITE_P(Tls, RecordOverhead, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PlaintextBytes, AtTheLimitsOfMfln) {
  // 529 is what Mosquitto sends at MFLN 512 on TLS 1.3.
  EXPECT_EQ(plaintext_bytes(529, 0x1301, 0x0304), (PlaintextBytes{512, 512, 512}));
  EXPECT_EQ(plaintext_bytes(16, 0x1301, 0x0304), std::nullopt);
  EXPECT_EQ(plaintext_bytes(23, 0x009C, 0x0303), std::nullopt);
  EXPECT_EQ(plaintext_bytes(24, 0x009C, 0x0303)->most, 0);
}

TEST(PlaintextBytes, CbcComesInWholeBlocks) {
  EXPECT_EQ(plaintext_bytes(16 + 64, 0x002F, 0x0303), (PlaintextBytes{0, 43, 28}));
  EXPECT_EQ(plaintext_bytes(16 + 63, 0x002F, 0x0303), std::nullopt);
  EXPECT_EQ(plaintext_bytes(16 + 64 + 20, 0x002F, 0x0303, true), (PlaintextBytes{0, 63, 48}));
  EXPECT_EQ(plaintext_bytes(16 + 64, 0x002F, 0x0303, true), std::nullopt);
  EXPECT_EQ(plaintext_bytes(592, 0x002F, 0x0303)->least, 592 - 16 - 20 - 256);
}

std::vector<std::string> suites_of(int version) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(ctx.get(), 0);
  SSL_CTX_set_cipher_list(ctx.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
  if (version == TLS1_3_VERSION) {
    return {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"};
  }
  std::vector<std::string> names;
  const STACK_OF(SSL_CIPHER)* const list = SSL_CTX_get_ciphers(ctx.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(list); ++i) {
    const SSL_CIPHER* const c = sk_SSL_CIPHER_value(list, i);
    if (SSL_CIPHER_get_kx_nid(c) != NID_kx_any) names.emplace_back(SSL_CIPHER_get_name(c));
  }
  return names;
}

struct LiveCase {
  const char* name;
  int version;
  bool encrypt_then_mac;
  int least_suites;  ///< that must really have come to terms
};
const LiveCase kLive[] = {
    {"tls_1_3", TLS1_3_VERSION, true, 5},
    {"tls_1_2", TLS1_2_VERSION, true, 100},
    {"tls_1_2_without_encrypt_then_mac", TLS1_2_VERSION, false, 100},
    {"tls_1_1", TLS1_1_VERSION, true, 10},
    {"tls_1_0", TLS1_VERSION, false, 10},
};
class Live : public testing::TestWithParam<LiveCase> {};

/// The whole cipher list in real handshakes of the system's OpenSSL: its messages parse, and the length of
/// its records tells the plaintext, exactly or within the bounds.
TEST_P(Live, EverySuiteThatOpensslNegotiates) {
  int played = 0;
  for (const std::string& suite : suites_of(GetParam().version)) {
    for (const std::size_t payload : {std::size_t{1}, std::size_t{500}}) {
      PairOptions options;
      options.version = GetParam().version;
      options.suite = suite;
      options.encrypt_then_mac = GetParam().encrypt_then_mac;
      const auto result = play(options, payload);
      if (!result) continue;
      if (payload == 1) ++played;

      const auto client = parse_client_hello(result->messages.at(0).message);
      ASSERT_TRUE(client.ok()) << suite;
      EXPECT_TRUE(client->cipher_suites.contains(result->suite)) << suite;
      EXPECT_EQ(client->malformed_extensions, 0) << suite;
      const auto server = parse_server_hello(result->messages.at(1).message);
      ASSERT_TRUE(server.ok()) << suite;
      EXPECT_EQ(server->cipher_suite, result->suite) << suite;
      EXPECT_EQ(server->version, GetParam().version) << suite;
      EXPECT_EQ(server->malformed_extensions, 0) << suite;
      const CipherSuite* const row = find_cipher_suite(result->suite);
      ASSERT_NE(row, nullptr);

      for (const test::Seen& seen : result->messages) {
        constexpr std::uint8_t kClientKeyExchange = 16;
        constexpr std::uint8_t kServerKeyExchange = 12;
        if (row->uses_psk() && seen.message.at(0) == kClientKeyExchange) {
          EXPECT_EQ(wire::as_text(parse_psk_client_key_exchange(seen.message).value()), "sensor-7") << suite;
        }
        if (row->uses_ecdhe() && seen.message.at(0) == kServerKeyExchange) {
          EXPECT_TRUE(parse_server_key_exchange_head(seen.message).ok()) << suite;
        }
      }

      ASSERT_EQ(result->data_records.size(), 1U) << suite;
      const auto plain =
          plaintext_bytes(result->data_records[0], result->suite, server->version, server->encrypt_then_mac);
      ASSERT_TRUE(plain.has_value()) << suite << ' ' << result->data_records[0];
      EXPECT_LE(plain->least, payload) << suite;
      EXPECT_GE(plain->most, payload) << suite;
      EXPECT_LE(plain->least_usual, payload) << suite;
      EXPECT_EQ(plain->least == plain->most, row->mode != CipherMode::cbc) << suite;
    }
  }
  EXPECT_GE(played, GetParam().least_suites);
}
INSTANTIATE_TEST_SUITE_P(RecordOverhead, Live, testing::ValuesIn(kLive),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LiveMfln, EverySizeIsEchoed) {
  for (std::uint8_t code = 1; code <= 4; ++code) {
    PairOptions options;
    options.max_fragment_length = code;
    const auto result = play(options, 5000);
    ASSERT_TRUE(result.has_value());
    const auto client = parse_client_hello(result->messages.at(0).message);
    const auto server = parse_server_hello(result->messages.at(1).message);
    EXPECT_EQ(client->max_fragment_length->code, code);
    EXPECT_EQ(server->max_fragment_length->code, code);
    for (const std::uint16_t length : result->data_records) {
      EXPECT_LE(plaintext_bytes(length, result->suite, server->version)->least,
                server->max_fragment_length->bytes());
    }
  }
}

}  // namespace
}  // namespace tlswatch::tls
