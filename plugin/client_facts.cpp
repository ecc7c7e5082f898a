#include "client_facts.h"

#include <mosquitto_broker.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

namespace tlswatch::plugin {
namespace {

bool copy_text(const char* text, char (&out)[kMaxClientText], std::uint16_t& size) noexcept {
  if (text == nullptr) {
    size = 0;
    return false;
  }
  size = static_cast<std::uint16_t>(strnlen(text, kMaxClientText));
  std::memcpy(out, text, size);
  return true;
}

}  // namespace

void copy_client_facts(mosquitto* client, ClientFacts& out) noexcept {
  out.client = client;
  out.has_id = copy_text(mosquitto_client_id(client), out.id, out.id_size);
  out.has_username = copy_text(mosquitto_client_username(client), out.username, out.username_size);
  out.mqtt_version = static_cast<std::uint16_t>(mosquitto_client_protocol_version(client));
  out.keepalive_s = static_cast<std::uint16_t>(mosquitto_client_keepalive(client));
  out.transport = mosquitto_client_protocol(client) == mp_websockets ? wire::Transport::websockets
                                                                     : wire::Transport::mqtt;
}

Address client_address(mosquitto* client) noexcept {
  return parse_address(mosquitto_client_address(client));
}

const X509* client_certificate(mosquitto* client) noexcept {
  ERR_set_mark();
  auto* const certificate = static_cast<X509*>(mosquitto_client_certificate(client));
  X509_free(certificate);  // the accessor gives a reference; the client keeps its own
  ERR_pop_to_mark();
  return certificate;
}

}  // namespace tlswatch::plugin
