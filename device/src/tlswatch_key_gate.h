// The key gate: makes a BearSSL X.509 engine refuse server keys larger than the profile's limit.
//
// BearSSL as packaged computes with RSA keys up to 4096 bits. Whether a device may is its firmware's choice
// (time, stack), and a device that pretends to be an ESP8266 has to refuse what an ESP8266 refuses, with the
// same code.
#ifndef TLSWATCH_KEY_GATE_H
#define TLSWATCH_KEY_GATE_H

#include <bearssl/bearssl.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// What the gate needs; must outlive the handshake, and stay where it is.
struct KeyGate {
  br_x509_class patched;                                ///< the engine's functions, but for one
  unsigned (*end_chain)(const br_x509_class** engine);  ///< that one
  uint16_t rsa_bits_max;
  unsigned verdict;  ///< what end_chain answered last; 0 before
};

/// Puts a gate into a started engine. An RSA key of more than rsa_bits_max bits, or an EC key on another
/// curve than P-256 (the only one the device computes on), gives BR_ERR_LIMIT_EXCEEDED (23), whatever the
/// engine thinks of it: a key that cannot be computed with is the cause, a chain that was not trusted either
/// is not. Otherwise the verdict is the engine's.
void key_gate_install(KeyGate& gate, const br_x509_class** engine, uint16_t rsa_bits_max);

}  // namespace device
}  // namespace tlswatch

#endif
