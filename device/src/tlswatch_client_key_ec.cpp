#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_p256.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace device {

void use_client_key_ec(br_ssl_client_context& client, const ClientAuth& auth) {
  // Signing only: with BR_KEYTYPE_KEYX the key could be used in static ECDH, which no suite of ours has.
  br_ssl_client_set_single_ec(&client, auth.chain, auth.chain_length, auth.ec, BR_KEYTYPE_SIGN, BR_KEYTYPE_EC,
                              &p256(), &br_ecdsa_i15_sign_asn1);
}

}  // namespace device
}  // namespace tlswatch

#endif
