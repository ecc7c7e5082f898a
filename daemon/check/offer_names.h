#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What OpenSSL calls the things that a profile names.
namespace tlswatch::check {

/// Lists for SSL_CTX_set_cipher_list and SSL_CTX_set_ciphersuites. What this OpenSSL does not have is left
/// out.
struct SuiteNames {
  std::string tls12;
  std::string tls13;
};
SuiteNames suite_names(std::span<const std::uint16_t> cipher_suites);

/// OpenSSL's name of an IANA suite, as mosquitto.conf's `ciphers` wants it; empty: it has none.
std::string openssl_name(std::uint16_t cipher_suite);

/// The list for SSL_CTX_set1_sigalgs_list; empty: OpenSSL's own. A client that takes certificates signed so
/// offers just these for the handshake too, and on TLS 1.3 RSA-PSS for RSA keys (RFC 8446 section 4.2.3).
///
/// signatures  as profiles name them; those that are no RSA or ECDSA with SHA-2 are left out
std::string signature_names(std::span<const std::string> signatures, std::uint16_t highest_version);

/// "a:b:c", as OpenSSL wants its lists.
std::string list_of(std::span<const std::string> names);

/// RFC 6066's code of a size in bytes; 0 for every other number.
std::uint8_t mfln_code(std::uint16_t bytes) noexcept;

}  // namespace tlswatch::check
