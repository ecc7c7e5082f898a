#pragma once

#include "identity.h"

struct mosquitto_evt_message;

namespace tlswatch::plugin {

/// What a MESSAGE event says of the publisher, and how long its PUBLISH was on the wire (MQTT 3.1.1 and 5.0
/// section 3.3, RFC 6455 section 5.2). Properties of MQTT 5 are not counted exactly; a mount point or a topic
/// alias makes the length wrong, and the session is then found at its end only.
PublishFacts read_publish(const mosquitto_evt_message& event) noexcept;

}  // namespace tlswatch::plugin
