#include "daemon/core/tls/names.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <set>
#include <string>

#include "daemon/core/tls/alert.h"

namespace tlswatch::tls {
namespace {

TEST(VersionName, AsEcsWritesThem) {
  EXPECT_EQ(version_name(0x0304), "1.3");
  EXPECT_EQ(version_name(0x0303), "1.2");
  EXPECT_EQ(version_name(0x0301), "1.0");
  EXPECT_EQ(version_name(0x0300), "3.0");
  EXPECT_EQ(version_name(0x7F1C), "");
  EXPECT_EQ(version_protocol(0x0303), "tls");
  EXPECT_EQ(version_protocol(0x0300), "ssl");
  EXPECT_EQ(version_protocol(0x0305), "");
}

TEST(GroupName, IanaNames) {
  EXPECT_EQ(group_name(23), "secp256r1");
  EXPECT_EQ(group_name(24), "secp384r1");
  EXPECT_EQ(group_name(29), "x25519");
  EXPECT_EQ(group_name(31), "brainpoolP256r1tls13");
  EXPECT_EQ(group_name(256), "ffdhe2048");
  EXPECT_EQ(group_name(4588), "X25519MLKEM768");
  EXPECT_EQ(group_name(0), "");
  EXPECT_EQ(group_name(0x0A0A), "");
}

/// Every group of libssl's own table. SSL_group_to_name takes OpenSSL's NIDs too, so only TLS' ranges are
/// asked.
TEST(GroupName, EveryGroupOpensslNames) {
  SSL_CTX* const ctx = SSL_CTX_new(TLS_method());
  SSL* const ssl = SSL_new(ctx);
  int known = 0;
  for (int id = 1; id <= 0xFFFF; ++id) {
    const char* const name = SSL_group_to_name(ssl, TLSEXT_nid_unknown | id);
    if (name == nullptr || std::string(name).empty()) continue;
    ++known;
    EXPECT_FALSE(group_name(static_cast<std::uint16_t>(id)).empty()) << id << ' ' << name;
  }
  EXPECT_GE(known, 20);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

TEST(SignatureSchemeName, IanaNames) {
  EXPECT_EQ(signature_scheme_name(0x0401), "rsa_pkcs1_sha256");
  EXPECT_EQ(signature_scheme_name(0x0403), "ecdsa_secp256r1_sha256");
  EXPECT_EQ(signature_scheme_name(0x0804), "rsa_pss_rsae_sha256");
  EXPECT_EQ(signature_scheme_name(0x0807), "ed25519");
  EXPECT_EQ(signature_scheme_name(0x0303), "sha224_ecdsa");
  EXPECT_EQ(signature_scheme_name(0x0402), "sha256_dsa");
  EXPECT_EQ(signature_scheme_name(0xFFFF), "");
}

/// OpenSSL names 1000 + n for each alert it can receive: the alias, written its way.
TEST(Alert, AliasesAreOpensslsReasons) {
  ASSERT_EQ(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr), 1);
  int named = 0;
  for (int n = 0; n < 256; ++n) {
    const char* const reason = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, 1000 + n));
    const Alert* const alert = find_alert(static_cast<std::uint8_t>(n));
    if (reason == nullptr) {
      EXPECT_TRUE(alert == nullptr || alert->openssl.empty()) << n;
      continue;
    }
    ++named;
    ASSERT_NE(alert, nullptr) << n << ' ' << reason;
    std::string expected(reason);
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"sslv3 ", "SSL3_"},
                                   {"tlsv13 ", "TLS13_"},
                                   {"tlsv1 ", "TLS1_"}}) {
      if (expected.starts_with(from)) expected = to + expected.substr(from.size());
    }
    for (char& c : expected)
      c = c == ' ' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(alert->openssl, expected) << n;
  }
  EXPECT_GE(named, 30);
}

/// OpenSSL's description of each alert it knows ("unknown CA") against our name of it.
TEST(Alert, EveryAlertThatOpensslDescribes) {
  for (int n = 0; n < 256; ++n) {
    const std::string theirs = SSL_alert_desc_string_long(n);
    if (theirs == "unknown") continue;
    EXPECT_FALSE(alert_name(static_cast<std::uint8_t>(n)).empty()) << n << ' ' << theirs;
  }
}

TEST(Alert, NamesAndLevels) {
  EXPECT_EQ(alert_name(0), "close_notify");
  EXPECT_EQ(alert_name(48), "unknown_ca");
  EXPECT_EQ(alert_name(116), "certificate_required");
  EXPECT_EQ(alert_name(120), "no_application_protocol");
  EXPECT_EQ(alert_name(255), "");
  EXPECT_EQ(alert_level_name(1), "warning");
  EXPECT_EQ(alert_level_name(2), "fatal");
  EXPECT_EQ(alert_level_name(3), "");
  std::set<std::uint8_t> codes;
  for (const Alert& alert : alerts()) EXPECT_TRUE(codes.insert(alert.code).second) << alert.name;
}

}  // namespace
}  // namespace tlswatch::tls
