#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_suites.h"

namespace tlswatch {
namespace device {

void use_client_key_rsa(br_ssl_client_context& client, const ClientAuth& auth) {
  br_ssl_client_set_single_rsa(&client, auth.chain, auth.chain_length, auth.rsa, &br_rsa_i15_pkcs1_sign);
}

}  // namespace device
}  // namespace tlswatch

#endif
