// RSA with a public key, for small cores: the one computation that a device without elliptic curves spends
// most of its handshake on.
//
// BearSSL computes it with the code that private keys need, which hides the exponent: about 40
// multiplications for e = 65537. A public exponent needs no hiding, so here they are 17. The value does (with
// the suite RSA it is the connection's secret): no branch and no address depends on it.
//
// Numbers are kept in words of 15 bits, so that four products of 16x16 bits and their carries add up in 32
// bits: that suits the ESP8266's multiplier, and needs no division beyond shifts. Montgomery multiplication
// as in "Handbook of Applied Cryptography", algorithm 14.36, two words at a time, without its last
// subtraction: a result is kept below twice the modulus (Walter, "Montgomery exponentiation needs no final
// subtractions", 1999).
#ifndef TLSWATCH_RSA_PUBLIC_H
#define TLSWATCH_RSA_PUBLIC_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

/// The largest modulus that is computed with, in bits: half of it is what the computation takes of the stack
/// in bytes, and more. A device that verifies chains up to a CA with an RSA-4096 key needs 4096.
#ifndef TLSWATCH_RSA_BITS_MAX
#define TLSWATCH_RSA_BITS_MAX 4096
#endif

namespace tlswatch {
namespace device {

/// A br_rsa_public (bearssl_rsa.h): x = x^e mod n, in place.
///
/// x        as many bytes as n has without leading zeros, big-endian
/// returns  1; 0 when n is even, shorter than 64 bits or longer than TLSWATCH_RSA_BITS_MAX, when e is even or
///          1 (BearSSL accepts these, RFC 8017 section 3.1 does not: with e = 1 a secret would go out as it
///          is), when xlen is not n's length, or x is not below n; x is of no use then
uint32_t rsa_public(unsigned char* x, size_t xlen, const br_rsa_public_key* key);

/// A br_rsa_pkcs1_vrfy (bearssl_rsa.h) on top of it: PKCS #1 v1.5 signatures.
uint32_t rsa_pkcs1_verify(const unsigned char* x, size_t xlen, const unsigned char* hash_oid, size_t hash_len,
                          const br_rsa_public_key* key, unsigned char* hash_out);

}  // namespace device
}  // namespace tlswatch

#endif
