#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <stddef.h>
#include <string.h>

#include "tlswatch_key_gate.h"

namespace tlswatch {
namespace device {
namespace {

size_t bit_length(const unsigned char* bytes, size_t n) {
  while (n != 0 && *bytes == 0) {
    ++bytes;
    --n;
  }
  if (n == 0) return 0;
  size_t bits = 8 * (n - 1);
  for (unsigned top = *bytes; top != 0; top >>= 1) ++bits;
  return bits;
}

bool too_large(const br_x509_pkey& key, uint16_t rsa_bits_max) {
  if (key.key_type == BR_KEYTYPE_RSA) return bit_length(key.key.rsa.n, key.key.rsa.nlen) > rsa_bits_max;
  return key.key.ec.curve != BR_EC_secp256r1;
}

// The engine's functions are the gate's first member.
unsigned end_chain(const br_x509_class** engine) {
  KeyGate& gate = *reinterpret_cast<KeyGate*>(const_cast<br_x509_class*>(*engine));
  gate.verdict = gate.end_chain(engine);
  const br_x509_pkey* key = gate.patched.get_pkey(engine, nullptr);
  if (key != nullptr && too_large(*key, gate.rsa_bits_max)) gate.verdict = BR_ERR_LIMIT_EXCEEDED;
  return gate.verdict;
}

}  // namespace

void key_gate_install(KeyGate& gate, const br_x509_class** engine, uint16_t rsa_bits_max) {
  memcpy(&gate.patched, *engine, sizeof gate.patched);
  gate.end_chain = gate.patched.end_chain;
  gate.patched.end_chain = end_chain;
  gate.rsa_bits_max = rsa_bits_max;
  gate.verdict = 0;
  *engine = &gate.patched;
}

}  // namespace device
}  // namespace tlswatch

#endif
