#pragma once

#include "identity.h"

namespace tlswatch::plugin {

/// Copies what the broker knows of `client` now, by its documented accessors (mosquitto_broker.h). Text
/// beyond kMaxClientText is cut.
void copy_client_facts(mosquitto* client, ClientFacts& out) noexcept;

/// The client's IP address as the broker has it, without its port; unknown when it has none.
Address client_address(mosquitto* client) noexcept;

/// The certificate object that the broker holds of the client, to be compared and not dereferenced; nullptr
/// when there is none.
const X509* client_certificate(mosquitto* client) noexcept;

}  // namespace tlswatch::plugin
