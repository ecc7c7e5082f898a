#include "key_fingerprint.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "error.h"

namespace tlswatch::harness {
namespace {

void append_field(std::vector<unsigned char>& out, const std::vector<unsigned char>& field) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<unsigned char>(field.size() >> shift));
  out.insert(out.end(), field.begin(), field.end());
}

std::vector<unsigned char> number(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &value) != 1) throw Error("not an RSA key");
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(value)));
  BN_bn2bin(value, bytes.data());
  BN_free(value);
  return bytes;
}

}  // namespace

std::string key_fingerprint(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  if (!file) throw Error("cannot open " + path.string());
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
  if (!certificate) throw Error("no certificate in " + path.string());
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  const std::string type = "ssh-rsa";
  std::vector<unsigned char> message;
  append_field(message, {type.begin(), type.end()});
  append_field(message, number(key, OSSL_PKEY_PARAM_RSA_E));
  append_field(message, number(key, OSSL_PKEY_PARAM_RSA_N));
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(message.data(), message.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return hex;
}

}  // namespace tlswatch::harness
