#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_rsa_public.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace device {

void use_suite_rsa(br_ssl_client_context& client) {
  use_suite_basics(client, BR_TLS_RSA_WITH_AES_128_GCM_SHA256);
  br_ssl_client_set_rsapub(&client, &rsa_public);
  // Verifies nothing in this suite, but without it the ClientHello would offer no signature algorithm, and a
  // server then has none to sign its certificate's choice by (RFC 5246 section 7.4.1.4.1).
  br_ssl_engine_set_rsavrfy(&client.eng, &rsa_pkcs1_verify);
}

}  // namespace device
}  // namespace tlswatch

#endif
