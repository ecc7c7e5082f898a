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

#include "tlswatch_server_check.h"

namespace tlswatch {
namespace device {

/// Whom to trust, and when. Must outlive the connection, as must the anchors (const: they may lie in flash
/// where that can be read by bytes).
struct CaTrust {
  const br_x509_trust_anchor* anchors;
  size_t anchor_count;  ///< 0: -1004
  uint32_t unix_s;      ///< the time to check dates by; 0 (clock not set) checks them by 1 January 1970, as
                        ///< Tasmota does, so that every certificate is "not yet valid" (54)
};

/// The check for chains with RSA signatures. Two functions, so that the linker leaves out the curves where
/// nobody asks for them.
ServerCheck ca_check_rsa(CaTrust& trust);
/// The same, for chains with RSA and EC signatures.
ServerCheck ca_check_rsa_ec(CaTrust& trust);

}  // namespace device
}  // namespace tlswatch

#endif
