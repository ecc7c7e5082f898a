#include "attempt.h"

#include <openssl/ssl.h>

#include <memory>

#include "mqtt_packet.h"
#include "socket.h"
#include "tls_client.h"

namespace tlswatch::live {
namespace {

using harness::MqttVersion;

constexpr int kNoMatchingSubscribers = 0x10;
constexpr int kNotAuthorized = 0x87;

harness::TlsOptions tls_options(const harness::Pki& pki, const Client& client) {
  const int version = client.transport == Transport::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  harness::TlsOptions options{.min_version = version, .max_version = version};
  if (!client.certificate.empty()) {
    options.certificate = pki.certificate(client.certificate);
    options.key = pki.key(client.certificate);
  }
  options.psk_identity = client.psk_identity;
  options.psk_key = client.psk_key;
  if (!client.psk_identity.empty() && version == TLS1_2_VERSION) options.ciphers = "PSK-AES128-GCM-SHA256";
  return options;
}

std::string refused_in_tls(const harness::TlsClient& tls) {
  return tls.alert() ? "refused in TLS, alert " + std::to_string(*tls.alert()) : "closed without a word";
}

// Nothing: there was no CONNACK.
std::string talk(harness::Stream& stream, const Client& client) {
  harness::Login login{.client_id = client.id, .version = MqttVersion::v5};
  if (!client.user.empty()) {
    login.user = client.user;
    login.password = client.password;
  }
  stream.send(harness::connect_packet(login));
  const std::optional<int> connack = harness::connack_code(harness::read_packet(stream));
  if (!connack) return "";
  if (*connack != 0) return "CONNACK " + std::to_string(*connack);
  stream.send(harness::publish_packet(MqttVersion::v5, client.topic, "hello", 1));
  const std::optional<int> puback = harness::puback_code(harness::read_packet(stream));
  if (!puback) return "no PUBACK";
  stream.send(harness::disconnect_packet());
  if (*puback == kNotAuthorized) return "may not publish";
  return *puback == 0 || *puback == kNoMatchingSubscribers ? "publishes"
                                                           : "PUBACK " + std::to_string(*puback);
}

}  // namespace

std::string attempt(std::uint16_t port, const harness::Pki& pki, const Client& client) {
  if (client.transport == Transport::plain) {
    harness::Socket socket(port);
    const std::string result = talk(socket, client);
    return result.empty() ? "closed without a word" : result;
  }
  harness::TlsClient tls(port, tls_options(pki, client));
  if (!tls.handshake()) return refused_in_tls(tls);
  const std::string result = talk(tls, client);
  tls.close();
  return result.empty() ? refused_in_tls(tls) : result;
}

}  // namespace tlswatch::live
