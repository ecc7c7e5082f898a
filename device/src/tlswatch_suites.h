// Cipher suites: one each, as the device offers exactly one.
//
// Every suite is a function in a file of its own, and a client is given a pointer to the one it uses: what
// nobody points to is not linked. The implementations are those that suit a 32-bit core without a 32x32->64
// multiplier (i15, small AES, our own RSA and GHASH), on the host too: what is tested is what is shipped.
#ifndef TLSWATCH_SUITES_H
#define TLSWATCH_SUITES_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Sets up a zeroed client for TLS 1.2 with one suite, SHA-256 and nothing else.
using SuiteSetup = void (*)(br_ssl_client_context& client);

/// TLS_RSA_WITH_AES_128_GCM_SHA256: smallest and fastest, without forward secrecy. Off in many servers since.
void use_suite_rsa(br_ssl_client_context& client);
/// TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, on P-256.
void use_suite_ecdhe_rsa(br_ssl_client_context& client);
/// TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, on P-256.
void use_suite_ecdhe_ecdsa(br_ssl_client_context& client);

/// What the three have in common; `suite` is the IANA number.
void use_suite_basics(br_ssl_client_context& client, uint16_t suite);

/// The device's own certificate and key. All of it must outlive the connection; of the keys one is null.
struct ClientAuth {
  const br_x509_certificate* chain;  ///< the device's certificate first
  size_t chain_length;
  const br_ec_private_key* ec;
  const br_rsa_private_key* rsa;
};

/// Gives a client its certificate; the server has to ask for it.
using ClientAuthSetup = void (*)(br_ssl_client_context& client, const ClientAuth& auth);

/// A P-256 key: ECDSA.
void use_client_key_ec(br_ssl_client_context& client, const ClientAuth& auth);
/// An RSA key.
void use_client_key_rsa(br_ssl_client_context& client, const ClientAuth& auth);

}  // namespace device
}  // namespace tlswatch

#endif
