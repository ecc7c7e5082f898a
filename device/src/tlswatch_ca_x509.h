// Server identity by CA: BearSSL's own "minimal" engine with the device's algorithms.
//
// It checks the chain up to a trust anchor, the dates and the server's name. It does not check revocation,
// and it knows SHA-256 signatures only: a certificate signed with SHA-384 gives 49 (BR_ERR_X509_UNSUPPORTED),
// as on the stock firmware.
#ifndef TLSWATCH_CA_X509_H
#define TLSWATCH_CA_X509_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Prepares `context` for one connection. anchors: must outlive it. unix_s: the time to check dates by; 0
/// (clock not set) checks them by 1 January 1970, as Tasmota does, so that every certificate is "not yet
/// valid" (54).
///
/// Two functions, so that the linker leaves out the curves where nobody asks for them.
void ca_x509_init_rsa(br_x509_minimal_context& context, const br_x509_trust_anchor* anchors,
                      size_t anchor_count, uint32_t unix_s);
/// The same, for chains with RSA and EC signatures.
void ca_x509_init_rsa_ec(br_x509_minimal_context& context, const br_x509_trust_anchor* anchors,
                         size_t anchor_count, uint32_t unix_s);

}  // namespace device
}  // namespace tlswatch

#endif
