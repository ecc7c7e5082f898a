// As much of MQTT 3.1.1 and 5 as a client in a test needs: CONNECT, PUBLISH, DISCONNECT out; CONNACK, PUBACK
// in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stream.h"

namespace tlswatch::harness {

enum class MqttVersion : std::uint8_t { v311 = 4, v5 = 5 };

struct Login {
  std::string client_id = {};
  std::optional<std::string> user = {};
  std::optional<std::string> password = {};
  MqttVersion version = MqttVersion::v311;
  std::uint16_t keepalive_s = 60;
};

/// CONNECT (MQTT 3.1) with a clean session.
std::string connect_packet(const Login& login);

/// PUBLISH (MQTT 3.3); `packet_id` 0 means QoS 0, anything else QoS 1.
std::string publish_packet(MqttVersion version, std::string_view topic, std::string_view payload,
                           std::uint16_t packet_id);

/// DISCONNECT (MQTT 3.14), normal.
std::string disconnect_packet();

/// A packet that came: its type (2 is CONNACK, 4 is PUBACK) and what follows the remaining length.
struct Packet {
  std::uint8_t type;
  std::string body;
};

/// Reads one packet; nothing where the connection ends, or stays silent until the deadline. Bytes behind the
/// packet are lost: for a client that waits for each answer before it goes on.
std::optional<Packet> read_packet(Stream& stream, std::chrono::milliseconds deadline = kPatience);

/// The return code (3.1.1) or reason code (5) of a CONNACK.
std::optional<int> connack_code(const std::optional<Packet>& packet);

/// The reason code of a PUBACK; 0 where it has none, as always on 3.1.1.
std::optional<int> puback_code(const std::optional<Packet>& packet);

}  // namespace tlswatch::harness
