// Names of codes, for the JSON line of tlswatch-device. The daemon's catalogue says what they mean.
#pragma once

#include <cstdint>

#include "tlswatch_report.h"

namespace tlswatch::device::tool {

/// The code's name in its own stack's words: BR_ERR_..., an alert's RFC 5246 name for 256 + n, Tasmota's
/// ERR_..., PubSubClient's MQTT_... for a TLS code 0. Null for what has none.
const char* failure_name(const Failure& failure);

/// IANA name of a suite the device can offer; null for any other number.
const char* suite_name(std::uint16_t suite);

}  // namespace tlswatch::device::tool
