#include "plugin/certificate_cache.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

namespace tlswatch::plugin {
namespace {

struct Free {
  void operator()(X509* c) const { X509_free(c); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
using Certificate = std::unique_ptr<X509, Free>;

/// A real, self-signed certificate with this serial number.
Certificate make_certificate(long serial) {
  static const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  Certificate c(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(c.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(c.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(c.get()), 3600);
  X509_set_pubkey(c.get(), key.get());
  X509_sign(c.get(), key.get(), EVP_sha256());
  return c;
}

/// The plugin's cache lives as long as the process and has no destructor.
struct Clear {
  void operator()(CertificateCache* cache) const {
    cache->clear();
    delete cache;
  }
};
using Cache = std::unique_ptr<CertificateCache, Clear>;

TEST(CertificateCache, HoldsTheDerOfACertificate) {
  const Cache cache(new CertificateCache);
  const Certificate c = make_certificate(1);
  const std::uint8_t index = cache->find_or_add(c.get());
  const wire::Bytes der = cache->der(index, cache->generation(index));
  unsigned char* expected = nullptr;
  const int size = i2d_X509(c.get(), &expected);
  ASSERT_EQ(der.size(), static_cast<std::size_t>(size));
  EXPECT_TRUE(std::equal(der.begin(), der.end(), expected));
  OPENSSL_free(expected);
  EXPECT_EQ(cache->find_or_add(c.get()), index) << "the same object is the same entry";
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(CertificateCache, NeverShowsOneCertificateForAnother) {
  const Cache cache(new CertificateCache);
  const Certificate first = make_certificate(1);
  const std::uint8_t index = cache->find_or_add(first.get());
  const std::uint32_t generation = cache->generation(index);
  std::vector<Certificate> others;
  for (long i = 2; i < 40; ++i) {
    others.push_back(make_certificate(i));
    cache->find_or_add(others.back().get());
  }
  EXPECT_TRUE(cache->der(index, generation).empty()) << "its place was given away";
  EXPECT_TRUE(cache->der(kNoCertificate, 0).empty());
}

TEST(CertificateCache, LetsGoOfItsReferences) {
  const Cache cache(new CertificateCache);
  const Certificate c = make_certificate(1);
  const std::uint8_t index = cache->find_or_add(c.get());
  const std::uint32_t generation = cache->generation(index);
  cache->clear();
  EXPECT_TRUE(cache->der(index, generation).empty());
}

}  // namespace
}  // namespace tlswatch::plugin
