#include <cstdint>
#include <cstdlib>

#include "daemon/core/tls/certificate.h"
#include "daemon/core/tls/key_exchange.h"
#include "daemon/core/tls/server_hello.h"

/// Any bytes as each of the other handshake messages: msg_type decides which parser takes them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  const wire::Bytes message(data, size);
  for (const bool cut : {false, true}) {
    if (const auto hello = tls::parse_server_hello(message, cut)) {
      if (!cut && hello->cut) std::abort();
      if (hello->extensions.count() > size) std::abort();
    }
    if (const auto out = tls::parse_encrypted_extensions(message, cut);
        out.ok() && out->extensions.count() > size)
      std::abort();
    if (const auto identity = tls::parse_psk_client_key_exchange(message, cut);
        identity.ok() && identity->size() > size)
      std::abort();
    for (const std::uint16_t version : {std::uint16_t{0x0303}, std::uint16_t{0x0304}}) {
      const auto leaf = tls::first_certificate(message, version, cut);
      if (leaf.ok() && (leaf->der.size() > size || (!cut && leaf->cut))) std::abort();
    }
  }
  if (const auto curve = tls::parse_server_key_exchange_head(message); curve.ok() && size < 7) std::abort();
  return 0;
}
