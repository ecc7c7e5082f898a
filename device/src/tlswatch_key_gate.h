// The key gate: a BearSSL X.509 engine around another that refuses server keys larger than the profile's
// limit.
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

/// The engine's context. Handed to BearSSL as &gate.vtable; must outlive the connection, as must `inner`.
struct KeyGate {
  const br_x509_class* vtable;
  const br_x509_class** inner;
  uint16_t rsa_bits_max;
  unsigned verdict;  ///< what end_chain answered last; 0 before
};

/// Prepares a gate before `inner`. An RSA key of more than rsa_bits_max bits, or an EC key on another curve
/// than P-256 (the only one the device computes on), gives BR_ERR_LIMIT_EXCEEDED (23), whatever `inner`
/// thinks of it: a key that cannot be computed with is the cause, a chain that was not trusted either is not.
/// Otherwise the verdict is the inner engine's.
void key_gate_init(KeyGate& gate, const br_x509_class** inner, uint16_t rsa_bits_max);

}  // namespace device
}  // namespace tlswatch

#endif
