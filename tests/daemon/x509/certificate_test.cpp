// Certificates as OpenSSL makes them, read back.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <vector>

#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/sha256.h"

namespace tlswatch::x509 {
namespace {

/// A self-signed certificate for `key`, in DER.
void add_extension(X509* x, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(x, extension, -1);
  X509_EXTENSION_free(extension);
}

struct Extension {
  int nid;
  std::string value;
};
std::vector<std::uint8_t> certificate(EVP_PKEY* key, const EVP_MD* digest, const char* common_name,
                                      const std::vector<Extension>& extensions = {}) {
  X509* x = X509_new();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  ASN1_TIME_set(X509_getm_notBefore(x), 1795366544);
  ASN1_TIME_set(X509_getm_notAfter(x), 1797958544);
  X509_set_pubkey(x, key);
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Acme"), -1, -1,
                             0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name),
                             -1, -1, 0);
  X509_set_issuer_name(x, name);
  for (const Extension& extension : extensions) add_extension(x, extension.nid, extension.value.c_str());
  EXPECT_GT(X509_sign(x, key, digest), 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(x, &der);
  std::vector<std::uint8_t> out(der, der + size);
  OPENSSL_free(der);
  X509_free(x);
  EVP_PKEY_free(key);
  return out;
}

struct KeyCase {
  const char* name;
  EVP_PKEY* (*make)();
  const EVP_MD* (*digest)();
  const char* algorithm;
  std::uint32_t bits;
  const char* curve;
  const char* signature;
};
EVP_PKEY* rsa(unsigned bits) {
  return EVP_RSA_gen(bits);
}
const KeyCase kKeys[] = {
    {"rsa_2048", [] { return rsa(2048); }, EVP_sha256, "RSA", 2048, "", "SHA256-RSA"},
    {"rsa_1024_sha384", [] { return rsa(1024); }, EVP_sha384, "RSA", 1024, "", "SHA384-RSA"},
    {"p_256", [] { return EVP_EC_gen("P-256"); }, EVP_sha256, "EC", 256, "secp256r1", "ECDSA-SHA256"},
    {"p_384", [] { return EVP_EC_gen("P-384"); }, EVP_sha384, "EC", 384, "secp384r1", "ECDSA-SHA384"},
    {"ed25519", [] { return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); },
     [] { return static_cast<const EVP_MD*>(nullptr); }, "Ed25519", 256, "", "Ed25519"},
};
class Keys : public testing::TestWithParam<KeyCase> {};
TEST_P(Keys, are_named_as_ecs_wants) {
  const auto der = certificate(GetParam().make(), GetParam().digest(), "boiler-7");
  const auto facts = read_certificate(der);
  ASSERT_NE(facts, nullptr);
  EXPECT_EQ(facts->key_algorithm, GetParam().algorithm);
  EXPECT_EQ(facts->key_bits, GetParam().bits);
  EXPECT_EQ(facts->key_curve, GetParam().curve);
  EXPECT_EQ(facts->signature_algorithm, GetParam().signature);
  EXPECT_EQ(facts->subject, "CN=boiler-7,O=Acme");
  EXPECT_EQ(facts->issuer, "CN=boiler-7,O=Acme");
  EXPECT_EQ(facts->common_name, "boiler-7");
  EXPECT_EQ(facts->not_before_unix_s, 1795366544);
  EXPECT_EQ(facts->not_after_unix_s, 1797958544);
}
INSTANTIATE_TEST_SUITE_P(X509, Keys, testing::ValuesIn(kKeys),
                         [](const auto& row) { return std::string(row.param.name); });

std::shared_ptr<const event::CertificateFacts> with_extensions(const std::vector<Extension>& extensions) {
  return read_certificate(certificate(EVP_EC_gen("P-256"), EVP_sha256(), "x", extensions));
}

TEST(Certificate, its_dns_names_are_read_and_its_addresses_are_none) {
  const auto facts =
      with_extensions({{NID_subject_alt_name, "DNS:broker.example,IP:10.0.0.1,DNS:*.lan.example"}});
  EXPECT_EQ(facts->dns_names, (std::vector<std::string>{"broker.example", "*.lan.example"}));
  EXPECT_TRUE(facts->all_names_known);
  EXPECT_TRUE(with_extensions({})->dns_names.empty());
  EXPECT_TRUE(with_extensions({})->all_names_known);
}

TEST(Certificate, more_names_than_are_kept_are_told) {
  std::string many;
  for (std::size_t i = 0; i <= event::kMaxDnsNames; ++i)
    many += (many.empty() ? "DNS:n" : ",DNS:n") + std::to_string(i) + ".example";
  const auto facts = with_extensions({{NID_subject_alt_name, many}});
  EXPECT_EQ(facts->dns_names.size(), event::kMaxDnsNames);
  EXPECT_FALSE(facts->all_names_known);
}

TEST(Certificate, names_that_cannot_be_read_are_told) {
  const auto facts = with_extensions({{NID_subject_alt_name, "DER:30:05"}});
  EXPECT_TRUE(facts->dns_names.empty());
  EXPECT_FALSE(facts->all_names_known);
}

TEST(Certificate, whether_it_says_where_its_issuer_s_certificate_is) {
  EXPECT_TRUE(
      with_extensions({{NID_info_access, "caIssuers;URI:http://ca.example/r3.der"}})->issuer_published);
  EXPECT_FALSE(with_extensions({{NID_info_access, "OCSP;URI:http://ca.example/ocsp"}})->issuer_published);
  EXPECT_FALSE(with_extensions({})->issuer_published);
}

TEST(Certificate, one_cut_anywhere_or_not_at_all_one_is_null) {
  const auto der = certificate(EVP_EC_gen("P-256"), EVP_sha256(), "x");
  for (std::size_t n = 0; n < der.size(); n += 7)
    EXPECT_EQ(read_certificate(wire::Bytes(der).first(n)), nullptr) << n;
}

TEST(Cache, reads_a_certificate_once_and_stays_within_its_limit) {
  CertificateCache cache(2);
  const auto der = certificate(EVP_EC_gen("P-256"), EVP_sha256(), "x");
  const auto first = cache.read(der);
  EXPECT_EQ(cache.read(der), first) << "the same object";
  for (std::uint8_t i = 0; i < 100; ++i) {
    const std::vector<std::uint8_t> junk{0x30, i};
    EXPECT_EQ(cache.read(junk), nullptr);
  }
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_NE(cache.read(der), nullptr);
}

TEST(Sha256, gives_fips_180_4_s_digests_and_keeps_giving_them_under_a_flood) {
  const std::string_view abc = "abc";
  const wire::Bytes bytes(reinterpret_cast<const std::uint8_t*>(abc.data()), abc.size());
  const auto digest = sha256(bytes);
  EXPECT_EQ(digest[0], 0xBA);
  EXPECT_EQ(digest[1], 0x78);
  EXPECT_EQ(digest[31], 0xAD);
  for (std::size_t i = 0; i < 3 * kMaxDigests; ++i) {
    const std::string text = std::to_string(i);
    sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  EXPECT_EQ(sha256(bytes), digest);
}

}  // namespace
}  // namespace tlswatch::x509
