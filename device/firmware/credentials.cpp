#include "credentials.h"

#include <stdint.h>

#include "file.h"

namespace tlswatch {
namespace firmware {
namespace {

constexpr size_t kChainMax = 3;

uint8_t ca_bytes[2048];
uint8_t chain_bytes[4096];
uint8_t key_bytes[256];
br_x509_certificate chain[kChainMax];
br_ec_private_key ec_key;

struct Field {
  uint8_t* bytes;
  size_t n;
};

// Goes through a file's fields. After one that is missing, all are empty and `broken` stays.
struct Fields {
  uint8_t* at;
  size_t left;
  bool broken;

  Field next() {
    Field field = {at, 0};
    if (left >= 2) field.n = static_cast<size_t>(at[0] | at[1] << 8);
    if (left < 2 || field.n > left - 2) {
      broken = true;
      return Field{at, 0};
    }
    field.bytes = at + 2;
    at += 2 + field.n;
    left -= 2 + field.n;
    return field;
  }
};

template <size_t n>
Fields fields_of(const char* path, uint8_t (&bytes)[n]) {
  return Fields{bytes, read_file(path, bytes, n), false};
}

}  // namespace

bool read_ca(br_x509_trust_anchor* anchor) {
  Fields fields = fields_of("ca.bin", ca_bytes);
  const Field kind = fields.next();
  const Field name = fields.next();
  const Field first = fields.next();
  const Field second = fields.next();
  if (fields.broken || kind.n != 2 || first.n == 0) return false;
  anchor->flags = kind.bytes[0] != 0 ? unsigned{BR_X509_TA_CA} : 0u;
  anchor->dn.data = name.bytes;
  anchor->dn.len = name.n;
  anchor->pkey.key_type = kind.bytes[1];
  if (kind.bytes[1] == BR_KEYTYPE_RSA) {
    anchor->pkey.key.rsa = br_rsa_public_key{first.bytes, first.n, second.bytes, second.n};
    return true;
  }
  anchor->pkey.key.ec = br_ec_public_key{first.bytes[0], second.bytes, second.n};
  return kind.bytes[1] == BR_KEYTYPE_EC;
}

bool read_client_auth(device::ClientAuth* auth) {
  Fields certificates = fields_of("chain.bin", chain_bytes);
  size_t length = 0;
  while (certificates.left != 0 && !certificates.broken && length < kChainMax) {
    const Field certificate = certificates.next();
    chain[length++] = br_x509_certificate{certificate.bytes, certificate.n};
  }
  Fields key = fields_of("key.bin", key_bytes);
  const Field curve = key.next();
  const Field x = key.next();
  if (length == 0 || certificates.broken || certificates.left != 0 || key.broken || curve.n != 1)
    return false;
  ec_key = br_ec_private_key{curve.bytes[0], x.bytes, x.n};
  *auth = device::ClientAuth{chain, length, &ec_key, nullptr};
  return true;
}

}  // namespace firmware
}  // namespace tlswatch
