// Elliptic curves: P-256 alone.
#ifndef TLSWATCH_P256_H
#define TLSWATCH_P256_H

#include <bearssl/bearssl.h>

/// BearSSL's arithmetic on it. br_ec_prime_i15 is the small one; br_ec_p256_m15 takes 9 KB more code and
/// makes a handshake with an EC key twice as fast.
#ifndef TLSWATCH_P256
#define TLSWATCH_P256 br_ec_prime_i15
#endif

namespace tlswatch {
namespace device {

/// That arithmetic, for P-256 and nothing else: br_ec_prime_i15 has P-384 and P-521 too, and what an engine
/// is given its ClientHello offers. A server could then choose a curve on which this core computes for
/// seconds. Lives for ever; 32 bytes of RAM where it is linked.
const br_ec_impl& p256();

}  // namespace device
}  // namespace tlswatch

#endif
