#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_p256.h"

namespace tlswatch {
namespace device {
namespace {

// Filled when it is asked for, with the same bytes each time: a constant cannot be made of another object's
// members.
br_ec_impl implementation;

}  // namespace

const br_ec_impl& p256() {
  implementation = TLSWATCH_P256;
  implementation.supported_curves = uint32_t{1} << BR_EC_secp256r1;
  return implementation;
}

}  // namespace device
}  // namespace tlswatch

#endif
