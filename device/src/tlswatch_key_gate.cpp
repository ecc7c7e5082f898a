#include "tlswatch_key_gate.h"

#include <stddef.h>

namespace tlswatch {
namespace device {
namespace {

KeyGate& self(const br_x509_class** vtable) {
  return *reinterpret_cast<KeyGate*>(vtable);
}

void start_chain(const br_x509_class** vtable, const char* server_name) {
  const br_x509_class** inner = self(vtable).inner;
  (*inner)->start_chain(inner, server_name);
}

void start_cert(const br_x509_class** vtable, uint32_t length) {
  const br_x509_class** inner = self(vtable).inner;
  (*inner)->start_cert(inner, length);
}

void append(const br_x509_class** vtable, const unsigned char* bytes, size_t n) {
  const br_x509_class** inner = self(vtable).inner;
  (*inner)->append(inner, bytes, n);
}

void end_cert(const br_x509_class** vtable) {
  const br_x509_class** inner = self(vtable).inner;
  (*inner)->end_cert(inner);
}

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

unsigned end_chain(const br_x509_class** vtable) {
  KeyGate& gate = self(vtable);
  gate.verdict = (*gate.inner)->end_chain(gate.inner);
  const br_x509_pkey* key = (*gate.inner)->get_pkey(gate.inner, nullptr);
  if (key != nullptr && too_large(*key, gate.rsa_bits_max)) gate.verdict = BR_ERR_LIMIT_EXCEEDED;
  return gate.verdict;
}

const br_x509_pkey* get_pkey(const br_x509_class* const* vtable, unsigned* usages) {
  const KeyGate& gate = *reinterpret_cast<const KeyGate*>(vtable);
  return (*gate.inner)->get_pkey(gate.inner, usages);
}

const br_x509_class kClass = {sizeof(KeyGate), start_chain, start_cert, append,
                              end_cert,        end_chain,   get_pkey};

}  // namespace

void key_gate_init(KeyGate& gate, const br_x509_class** inner, uint16_t rsa_bits_max) {
  gate.vtable = &kClass;
  gate.inner = inner;
  gate.rsa_bits_max = rsa_bits_max;
  gate.verdict = 0;
}

}  // namespace device
}  // namespace tlswatch
