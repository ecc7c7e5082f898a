#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_ca_x509.h"
#include "tlswatch_crc32.h"
#include "tlswatch_p256.h"
#include "tlswatch_rsa_public.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kDaysTo1970 = 719528;  // BearSSL counts days from 1 January of the year 0
constexpr uint32_t kDaySeconds = 86400;

const br_x509_class** start_rsa(void* context, void* memory) {
  const CaTrust& trust = *static_cast<const CaTrust*>(context);
  if (trust.anchor_count == 0) return nullptr;
  br_x509_minimal_context& engine = *static_cast<br_x509_minimal_context*>(memory);
  br_x509_minimal_init(&engine, &br_sha256_vtable, trust.anchors, trust.anchor_count);
  br_x509_minimal_set_hash(&engine, br_sha256_ID, &br_sha256_vtable);
  br_x509_minimal_set_rsa(&engine, &rsa_pkcs1_verify);
  // Set even when unknown: left alone, BearSSL on a host would take the host's clock.
  br_x509_minimal_set_time(&engine, kDaysTo1970 + trust.unix_s / kDaySeconds, trust.unix_s % kDaySeconds);
  return &engine.vtable;
}

const br_x509_class** start_rsa_ec(void* context, void* memory) {
  const br_x509_class** vtable = start_rsa(context, memory);
  if (vtable == nullptr) return nullptr;
  br_x509_minimal_set_ecdsa(static_cast<br_x509_minimal_context*>(memory), &p256(), &br_ecdsa_i15_vrfy_asn1);
  return vtable;
}

// Who an anchor is (its name) and how it is known (its key). Not the time: that changes with every
// connection.
uint32_t digest(void* context) {
  const CaTrust& trust = *static_cast<const CaTrust*>(context);
  uint32_t crc = 0;
  for (size_t i = 0; i < trust.anchor_count; ++i) {
    const br_x509_trust_anchor& anchor = trust.anchors[i];
    crc = crc32(anchor.dn.data, anchor.dn.len, crc);
    crc = crc32(&anchor.flags, sizeof anchor.flags, crc);
    if (anchor.pkey.key_type == BR_KEYTYPE_RSA)
      crc = crc32(anchor.pkey.key.rsa.n, anchor.pkey.key.rsa.nlen, crc);
    else
      crc = crc32(anchor.pkey.key.ec.q, anchor.pkey.key.ec.qlen, crc);
  }
  return crc;
}

}  // namespace

ServerCheck ca_check_rsa(CaTrust& trust) {
  return ServerCheck{&trust, sizeof(br_x509_minimal_context), start_rsa, digest};
}

ServerCheck ca_check_rsa_ec(CaTrust& trust) {
  return ServerCheck{&trust, sizeof(br_x509_minimal_context), start_rsa_ec, digest};
}

}  // namespace device
}  // namespace tlswatch

#endif
