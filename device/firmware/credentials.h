// The CA and the device's own certificate and key, from files that lx106-pack writes.
//
// A real firmware has them as constants in flash. So these files hold what such constants would: parsed
// fields, each a 16-bit little-endian length and bytes.
//
//   ca.bin     {is a CA: 0 or 1, key type: 1 RSA, 2 EC} name n e, or {...} name {curve} q; one certificate
//   chain.bin  the device's certificate and those above it, DER, at most three
//   key.bin    {curve} x
#ifndef TLSWATCH_FIRMWARE_CREDENTIALS_H
#define TLSWATCH_FIRMWARE_CREDENTIALS_H

#include <bearssl/bearssl.h>

#include "tlswatch_suites.h"

namespace tlswatch {
namespace firmware {

/// Each returns false where the file is missing or not of this form. What they give lives for ever.
bool read_ca(br_x509_trust_anchor* anchor);
bool read_client_auth(device::ClientAuth* auth);

}  // namespace firmware
}  // namespace tlswatch

#endif
