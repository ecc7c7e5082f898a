// Fingerprints of a server's public key, as Tasmota computes and writes them: SHA-1, 20 bytes.
//
//   v2  RSA: SHA1( u32be(7) "ssh-rsa" u32be(len e) e u32be(len n) n ), e and n without leading zeros
//   v1  RSA, firmware before 8.4: SHA1( "ssh-rsa" e n )
//       EC:  SHA1( u32be(5) "ecdsa" u32be(4) u32be(curve) u32be(len q) q ), curve as BearSSL numbers it
//
// SHA-1 pins a key that an attacker would have to hit a second time (a second preimage), not a pair of his
// own choice; that is why the device's 20 bytes of settings are still worth something. v1 writes no lengths,
// so e and n may be cut in two ways: it is matched for old settings, and never stored.
//
// The format resembles the one that ssh-keygen hashes without being it: an RSA modulus there has a leading
// zero. Source: Tasmota, WiFiClientSecureLightBearSSL.cpp, and facts taken from its page "TLS Secured MQTT".
#ifndef TLSWATCH_FINGERPRINT_H
#define TLSWATCH_FINGERPRINT_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

constexpr size_t kFingerprintBytes = 20;

struct Fingerprint {
  uint8_t bytes[kFingerprintBytes];
};

/// What one of the two slots asks for.
enum class SlotMode : uint8_t {
  unused,  ///< matches nothing
  key,     ///< this key and no other
  learn,   ///< any key, once: the one seen first is to be kept
  any,     ///< any key, always: no authentication of the server
};

struct FingerprintSlot {
  SlotMode mode;
  Fingerprint fingerprint;  ///< meaningful in mode `key`
};

/// Tasmota has two, so that a server's key can be changed without losing devices.
constexpr size_t kFingerprintSlots = 2;

/// Parses a slot's setting: 40 hex digits, bytes optionally parted by a space, a colon or a dash; or the
/// words "learn" and "any". As in Tasmota all zero digits mean learn, all F mean any. Returns false, and
/// leaves `slot` alone, for anything else.
bool parse_fingerprint(const char* text, FingerprintSlot* slot);

/// Computes v2 of an RSA key, or the EC fingerprint of an EC key. False for a key of another type or without
/// parts.
bool fingerprint_of(const br_x509_pkey& key, Fingerprint* out);

/// Computes v1 of an RSA key. False for any other key.
bool fingerprint_v1_of(const br_x509_pkey& key, Fingerprint* out);

/// True if both are equal; takes the same time wherever they differ.
bool fingerprint_equal(const Fingerprint& a, const Fingerprint& b);

}  // namespace device
}  // namespace tlswatch

#endif
