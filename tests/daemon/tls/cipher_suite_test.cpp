#include "daemon/core/tls/cipher_suite.h"

#include <gtest/gtest.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "daemon/core/tls/grease.h"
#include "tests/daemon/tls/openssl_pair.h"

namespace tlswatch::tls {
namespace {

struct Free {
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
};

class Openssl : public testing::Test {
 protected:
  std::unique_ptr<SSL_CTX, Free> ctx_{SSL_CTX_new(TLS_method())};
  std::unique_ptr<SSL, Free> ssl_;
  void SetUp() override {
    SSL_CTX_set_security_level(ctx_.get(), 0);
    SSL_CTX_set_min_proto_version(ctx_.get(), 0);
    ASSERT_EQ(SSL_CTX_set_cipher_list(ctx_.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), 1);
    ssl_.reset(SSL_new(ctx_.get()));
  }
  static std::uint16_t id(const SSL_CIPHER* c) { return SSL_CIPHER_get_protocol_id(c); }
};

/// OpenSSL's view of key exchange and authentication, as ours would be.
bool agrees(const CipherSuite& ours, const SSL_CIPHER* theirs) {
  const int kx = SSL_CIPHER_get_kx_nid(theirs);
  switch (ours.key_exchange) {
    case KeyExchange::any: return kx == NID_kx_any;
    case KeyExchange::rsa: return kx == NID_kx_rsa;
    case KeyExchange::dhe:
    case KeyExchange::dh_anon: return kx == NID_kx_dhe;
    case KeyExchange::ecdhe:
    case KeyExchange::ecdh_anon: return kx == NID_kx_ecdhe;
    case KeyExchange::psk: return kx == NID_kx_psk;
    case KeyExchange::dhe_psk: return kx == NID_kx_dhe_psk;
    case KeyExchange::rsa_psk: return kx == NID_kx_rsa_psk;
    case KeyExchange::ecdhe_psk: return kx == NID_kx_ecdhe_psk;
    case KeyExchange::srp: return kx == NID_kx_srp;
    case KeyExchange::gost: return kx == NID_kx_gost || kx == NID_kx_gost18;
    case KeyExchange::null:
    case KeyExchange::rsa_export:
    case KeyExchange::dh:
    case KeyExchange::ecdh:
    case KeyExchange::krb5:
    case KeyExchange::eccpwd: return false;
  }
  return false;
}
bool authentication_agrees(const CipherSuite& ours, const SSL_CIPHER* theirs) {
  const int auth = SSL_CIPHER_get_auth_nid(theirs);
  switch (ours.authentication) {
    case Authentication::any: return auth == NID_auth_any;
    case Authentication::none: return auth == NID_auth_null;
    case Authentication::rsa: return auth == NID_auth_rsa;
    case Authentication::dss: return auth == NID_auth_dss;
    case Authentication::ecdsa: return auth == NID_auth_ecdsa;
    case Authentication::psk: return auth == NID_auth_psk;
    case Authentication::srp_only: return auth == NID_auth_srp;
    case Authentication::gost: return auth == NID_auth_gost01 || auth == NID_auth_gost12;
    case Authentication::krb5: return false;
  }
  return false;
}

TEST_F(Openssl, EverySuiteOfItsWholeListHasItsName) {
  const STACK_OF(SSL_CIPHER)* const list = SSL_get_ciphers(ssl_.get());
  ASSERT_GT(sk_SSL_CIPHER_num(list), 150);
  for (int i = 0; i < sk_SSL_CIPHER_num(list); ++i) {
    const SSL_CIPHER* const c = sk_SSL_CIPHER_value(list, i);
    EXPECT_EQ(cipher_suite_name(id(c)), SSL_CIPHER_standard_name(c));
  }
}

/// All 65,536 numbers: what libssl knows, disabled or not, we know by the same name and the same properties.
TEST_F(Openssl, EveryNumberItKnows) {
  int known = 0;
  for (unsigned n = 0; n <= 0xFFFF; ++n) {
    const unsigned char bytes[] = {static_cast<unsigned char>(n >> 8), static_cast<unsigned char>(n)};
    const SSL_CIPHER* const c = SSL_CIPHER_find(ssl_.get(), bytes);
    if (c == nullptr || n == kEmptyRenegotiationInfoScsv || n == kFallbackScsv) continue;
    // A few GOST suites have no standard name in OpenSSL 3.0: two are private numbers, three came to IANA
    // later.
    if (SSL_CIPHER_standard_name(c) == nullptr) continue;
    ++known;
    const CipherSuite* const ours = find_cipher_suite(static_cast<std::uint16_t>(n));
    ASSERT_NE(ours, nullptr) << std::hex << n << ' ' << SSL_CIPHER_standard_name(c);
    EXPECT_EQ(ours->name, SSL_CIPHER_standard_name(c)) << std::hex << n;
    // OpenSSL counts CCM_8 as 64 bits, for its short tag: some of them in 3.0, all from 3.2 on.
    const bool short_tag = ours->mode == CipherMode::aead && ours->tag == 8;
    const int theirs = SSL_CIPHER_get_bits(c, nullptr);
    EXPECT_TRUE(ours->secret_bits == theirs || (short_tag && theirs == 64)) << ours->name << ' ' << theirs;
    EXPECT_EQ(ours->mode == CipherMode::aead, SSL_CIPHER_is_aead(c) == 1) << ours->name;
    EXPECT_EQ(ours->mode == CipherMode::null, SSL_CIPHER_get_cipher_nid(c) == NID_undef) << ours->name;
    EXPECT_TRUE(agrees(*ours, c)) << ours->name;
    EXPECT_TRUE(authentication_agrees(*ours, c)) << ours->name;
  }
  EXPECT_GE(known, 150);
}

TEST_F(Openssl, TheTwoSignals) {
  EXPECT_EQ(cipher_suite_name(0x00FF), "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
  EXPECT_EQ(cipher_suite_name(0x5600), "TLS_FALLBACK_SCSV");
  EXPECT_EQ(find_cipher_suite(0x00FF), nullptr);
}

TEST(CipherSuiteTable, LooksUpEveryRowAndNothingElse) {
  std::size_t found = 0;
  for (unsigned n = 0; n <= 0xFFFF; ++n) {
    const CipherSuite* const suite = find_cipher_suite(static_cast<std::uint16_t>(n));
    if (suite == nullptr) continue;
    ++found;
    EXPECT_EQ(suite->id, n);
    EXPECT_TRUE(suite->name.starts_with("TLS_"));
    EXPECT_FALSE(is_grease(suite->id));
  }
  EXPECT_EQ(found, cipher_suites().size());
  EXPECT_EQ(found, 352U);
}

/// Registered numbers that libssl does not know: one of each family (IANA "TLS Cipher Suites").
TEST(CipherSuiteTable, IanaBeyondOpenssl) {
  EXPECT_EQ(cipher_suite_name(0x0000), "TLS_NULL_WITH_NULL_NULL");
  EXPECT_EQ(cipher_suite_name(0x0003), "TLS_RSA_EXPORT_WITH_RC4_40_MD5");
  EXPECT_EQ(cipher_suite_name(0x000A), "TLS_RSA_WITH_3DES_EDE_CBC_SHA");
  EXPECT_EQ(cipher_suite_name(0x002B), "TLS_KRB5_EXPORT_WITH_RC4_40_MD5");
  EXPECT_EQ(cipher_suite_name(0x009B), "TLS_DH_anon_WITH_SEED_CBC_SHA");
  EXPECT_EQ(cipher_suite_name(0x00C7), "TLS_SM4_CCM_SM3");
  EXPECT_EQ(cipher_suite_name(0x1305), "TLS_AES_128_CCM_8_SHA256");
  EXPECT_EQ(cipher_suite_name(0xC032), "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(cipher_suite_name(0xC093), "TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384");
  EXPECT_EQ(cipher_suite_name(0xC0AA), "TLS_PSK_DHE_WITH_AES_128_CCM_8");
  EXPECT_EQ(cipher_suite_name(0xC0B5), "TLS_SHA384_SHA384");
  EXPECT_EQ(cipher_suite_name(0xC106), "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S");
  EXPECT_EQ(cipher_suite_name(0xCCAE), "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256");
  EXPECT_EQ(cipher_suite_name(0xD005), "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256");
  EXPECT_EQ(cipher_suite_name(0xFFFF), "");
  EXPECT_EQ(cipher_suite_name(0x0A0A), "");
}

TEST(Grease, IsExactlySixteenNumbers) {
  int n = 0;
  for (unsigned v = 0; v <= 0xFFFF; ++v) n += is_grease(static_cast<std::uint16_t>(v)) ? 1 : 0;
  EXPECT_EQ(n, 16);
  EXPECT_TRUE(is_grease(0x0A0A) && is_grease(0xFAFA));
  EXPECT_FALSE(is_grease(0x0A1A) || is_grease(0x1301));
}

}  // namespace
}  // namespace tlswatch::tls
