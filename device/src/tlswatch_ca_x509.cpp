#include "tlswatch_ca_x509.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kDaysTo1970 = 719528;  // BearSSL counts days from 1 January of the year 0
constexpr uint32_t kDaySeconds = 86400;

}  // namespace

void ca_x509_init_rsa(br_x509_minimal_context& context, const br_x509_trust_anchor* anchors,
                      size_t anchor_count, uint32_t unix_s) {
  br_x509_minimal_init(&context, &br_sha256_vtable, anchors, anchor_count);
  br_x509_minimal_set_hash(&context, br_sha256_ID, &br_sha256_vtable);
  br_x509_minimal_set_rsa(&context, &br_rsa_i15_pkcs1_vrfy);
  // Set even when unknown: left alone, BearSSL on a host would take the host's clock.
  br_x509_minimal_set_time(&context, kDaysTo1970 + unix_s / kDaySeconds, unix_s % kDaySeconds);
}

void ca_x509_init_rsa_ec(br_x509_minimal_context& context, const br_x509_trust_anchor* anchors,
                         size_t anchor_count, uint32_t unix_s) {
  ca_x509_init_rsa(context, anchors, anchor_count, unix_s);
  br_x509_minimal_set_ecdsa(&context, &br_ec_p256_m15, &br_ecdsa_i15_vrfy_asn1);
}

}  // namespace device
}  // namespace tlswatch
