#include "daemon/check/offer_names.h"

#include <openssl/ssl.h>

#include <string_view>

#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/max_fragment_length.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::check {
namespace {

void append(std::string& list, std::string_view name) {
  if (!list.empty()) list += ':';
  list += name;
}

struct SignatureName {
  std::string_view profile;
  std::string_view tls12;
  std::string_view tls13;  ///< in addition
};
constexpr SignatureName kSignatures[] = {
    {"SHA256-RSA", "rsa_pkcs1_sha256", "rsa_pss_rsae_sha256"},
    {"SHA384-RSA", "rsa_pkcs1_sha384", "rsa_pss_rsae_sha384"},
    {"SHA512-RSA", "rsa_pkcs1_sha512", "rsa_pss_rsae_sha512"},
    {"ECDSA-SHA256", "ecdsa_secp256r1_sha256", {}},
    {"ECDSA-SHA384", "ecdsa_secp384r1_sha384", {}},
    {"ECDSA-SHA512", "ecdsa_secp521r1_sha512", {}},
    {"SHA256-RSAPSS", "rsa_pss_rsae_sha256", "rsa_pss_pss_sha256"},
    {"Ed25519", "ed25519", {}},
};

}  // namespace

std::string openssl_name(std::uint16_t cipher_suite) {
  const std::string iana(tls::cipher_suite_name(cipher_suite));
  const char* const name = iana.empty() ? nullptr : OPENSSL_cipher_name(iana.c_str());
  return name == nullptr || std::string_view(name) == "(NONE)" ? std::string() : name;
}

SuiteNames suite_names(std::span<const std::uint16_t> cipher_suites) {
  SuiteNames out;
  for (const std::uint16_t id : cipher_suites) {
    const std::string name = openssl_name(id);
    const tls::CipherSuite* const suite = tls::find_cipher_suite(id);
    if (!name.empty() && suite != nullptr) append(suite->tls13_only() ? out.tls13 : out.tls12, name);
  }
  return out;
}

std::string signature_names(std::span<const std::string> signatures, std::uint16_t highest_version) {
  std::string out;
  for (const std::string& name : signatures) {
    for (const SignatureName& row : kSignatures) {
      if (row.profile != name) continue;
      append(out, row.tls12);
      if (highest_version >= tls::kTls13 && !row.tls13.empty()) append(out, row.tls13);
    }
  }
  return out;
}

std::string list_of(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) append(out, name);
  return out;
}

std::uint8_t mfln_code(std::uint16_t bytes) noexcept {
  for (std::uint8_t code = 1; code <= 4; ++code) {
    if (tls::MaxFragmentLength{code}.bytes() == bytes) return code;
  }
  return 0;
}

}  // namespace tlswatch::check
