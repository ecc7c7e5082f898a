#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_p256.h"
#include "tlswatch_rsa_public.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace device {

void use_suite_ecdhe_rsa(br_ssl_client_context& client) {
  use_suite_basics(client, BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
  br_ssl_engine_set_ec(&client.eng, &p256());
  br_ssl_engine_set_rsavrfy(&client.eng, &rsa_pkcs1_verify);
}

}  // namespace device
}  // namespace tlswatch

#endif
