#include "daemon/check/fingerprint.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <memory>

#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/freer.h"

namespace tlswatch::check {
namespace {

using x509::Freer;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Bytes = std::vector<std::uint8_t>;

void put_u32(Bytes& out, std::size_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(v >> shift));
}
void put(Bytes& out, const Bytes& bytes, bool with_length) {
  if (with_length) put_u32(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}
Bytes text(std::string_view name) {
  return {name.begin(), name.end()};
}

Sha1 sha1(const Bytes& bytes) {
  Sha1 out{};
  SHA1(bytes.data(), bytes.size(), out.data());
  return out;
}

/// Without leading zeros, as BN_bn2bin has it.
Bytes number(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &value) != 1) return {};
  const Number owner(value);
  Bytes out(static_cast<std::size_t>(BN_num_bytes(value)));
  BN_bn2bin(value, out.data());
  return out;
}

std::optional<Sha1> of_rsa(const EVP_PKEY* key, bool with_lengths) {
  const Bytes e = number(key, OSSL_PKEY_PARAM_RSA_E);
  const Bytes n = number(key, OSSL_PKEY_PARAM_RSA_N);
  if (e.empty() || n.empty()) return std::nullopt;
  Bytes message;
  put(message, text("ssh-rsa"), with_lengths);
  put(message, e, with_lengths);
  put(message, n, with_lengths);
  return sha1(message);
}

/// BearSSL numbers curves as TLS does (bearssl_ec.h, BR_EC_secp256r1).
struct Curve {
  std::string_view name;
  std::uint32_t bearssl;
};
constexpr Curve kCurves[] = {{"secp256r1", 23}, {"secp384r1", 24}, {"secp521r1", 25}};

std::optional<Sha1> of_ec(const EVP_PKEY* key, std::string_view curve_name) {
  for (const Curve& curve : kCurves) {
    if (curve.name != curve_name) continue;
    unsigned char* encoded = nullptr;
    const std::size_t size = EVP_PKEY_get1_encoded_public_key(const_cast<EVP_PKEY*>(key), &encoded);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
        encoded, [](unsigned char* p) { OPENSSL_free(p); });
    if (size == 0) return std::nullopt;
    Bytes message;
    put(message, text("ecdsa"), true);
    put_u32(message, 4);
    put_u32(message, curve.bearssl);
    put(message, Bytes(encoded, encoded + size), true);
    return sha1(message);
  }
  return std::nullopt;
}

bool spki(const X509* certificate, Sha256& out) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return false;
  SHA256(der, static_cast<std::size_t>(size), out.data());
  OPENSSL_free(der);
  return true;
}

}  // namespace

std::optional<Fingerprints> fingerprints(const Der& der) {
  const auto facts = x509::read_certificate(der);
  const unsigned char* at = der.data();
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  Fingerprints out;
  if (!facts || !certificate || !spki(certificate.get(), out.spki_sha256)) return std::nullopt;
  out.facts = *facts;
  X509_digest(certificate.get(), EVP_sha1(), out.certificate_sha1.data(), nullptr);
  X509_digest(certificate.get(), EVP_sha256(), out.certificate_sha256.data(), nullptr);
  const EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (key == nullptr) return out;
  if (facts->key_algorithm == "RSA") {
    out.tasmota_v2 = of_rsa(key, true);
    out.tasmota_v1 = of_rsa(key, false);
  }
  if (facts->key_algorithm == "EC") out.tasmota_v2 = of_ec(key, facts->key_curve);
  return out;
}

Der first_certificate_of(std::string_view file) {
  ERR_clear_error();
  if (file.size() > kMaxCertificateFile) return {};
  const Memory pem(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  Certificate certificate(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
  if (!certificate) {
    const auto* at = reinterpret_cast<const unsigned char*>(file.data());
    certificate.reset(d2i_X509(nullptr, &at, static_cast<long>(file.size())));
  }
  if (!certificate) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  if (size <= 0) return {};
  Der out(der, der + size);
  OPENSSL_free(der);
  return out;
}

std::string hex(std::span<const std::uint8_t> bytes, char separator) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    if (separator != '\0' && !out.empty()) out += separator;
    out += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace tlswatch::check
