#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include "tlswatch_small_crypto.h"
#include "tlswatch_suites.h"

namespace tlswatch {
namespace device {

void use_suite_basics(br_ssl_client_context& client, uint16_t suite) {
  br_ssl_engine_context* engine = &client.eng;
  br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
  br_ssl_engine_set_suites(engine, &suite, 1);
  br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
  br_ssl_engine_set_prf_sha256(engine, &br_tls12_sha256_prf);
  br_ssl_engine_set_gcm(engine, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
  br_ssl_engine_set_aes_ctr(engine, &br_aes_small_ctr_vtable);
  br_ssl_engine_set_ghash(engine, &small_ghash);
  // A renegotiation would double what has to be tested and is of no use to a device.
  br_ssl_engine_add_flags(engine, BR_OPT_NO_RENEGOTIATION);
}

}  // namespace device
}  // namespace tlswatch

#endif
