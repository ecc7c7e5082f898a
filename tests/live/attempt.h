// One client's try to get into a broker and to publish, and how far it came.
#pragma once

#include <cstdint>
#include <string>

#include "pki.h"

namespace tlswatch::live {

enum class Transport { plain, tls12, tls13 };

struct Client {
  Transport transport = Transport::tls12;
  std::string certificate = {};   ///< of the test's Pki; empty: none
  std::string psk_identity = {};  ///< empty: no pre-shared key
  std::string psk_key = {};       ///< hexadecimal
  std::string id = "admitted";
  std::string user = {};  ///< empty: no user name at all
  std::string password = {};
  std::string topic = "greeting";
};

/// Connects (MQTT 5, so that the broker has to say why it refuses), publishes once with QoS 1, disconnects.
///
/// returns  "publishes", "may not publish", "CONNACK N", "refused in TLS, alert N", or "closed without a
/// word"
std::string attempt(std::uint16_t port, const harness::Pki& pki, const Client& client);

}  // namespace tlswatch::live
