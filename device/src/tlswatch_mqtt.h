// MQTT 3.1.1, as much of it as a reporting device speaks: CONNECT, CONNACK, PUBLISH (QoS 1, out), PUBACK,
// PINGREQ, PINGRESP, DISCONNECT. Packets out are encoded into the caller's buffer; packets in are read byte
// by byte, so no packet, however long, needs memory. Section numbers are those of the OASIS standard.
#ifndef TLSWATCH_MQTT_H
#define TLSWATCH_MQTT_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Packet types (table 2.1), as they stand in the high half of a packet's first byte.
enum class MqttType : uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
};

/// What CONNECT says. Texts are NUL-terminated UTF-8 of at most 65535 bytes; user and password may be null.
struct MqttConnect {
  const char* client_id;
  const char* user;
  const char* password;  ///< not sent without a user (3.1.2.9)
  uint16_t keepalive_s;  ///< 0: none
};

/// Encodes CONNECT (section 3.1), clean session, no will. Returns its bytes, 0 if n is too small.
size_t mqtt_encode_connect(const MqttConnect& connect, uint8_t* buf, size_t n);

/// Encodes PUBLISH (section 3.3) with QoS 1, not retained. packet: the identifier, not 0. Returns its bytes,
/// 0 if n is too small.
size_t mqtt_encode_publish(const char* topic, const void* payload, size_t payload_n, uint16_t packet,
                           uint8_t* buf, size_t n);

/// Encodes a packet that is its type alone: PINGREQ, DISCONNECT. Returns 2, 0 if n is too small.
size_t mqtt_encode_bare(MqttType type, uint8_t* buf, size_t n);

/// A packet that came: its type and the first two bytes of its body, all that CONNACK and PUBACK consist of.
struct MqttPacket {
  uint8_t type;        ///< any of 0..15: the broker may send what we do not know
  uint32_t remaining;  ///< bytes of body, at most 268,435,455
  uint8_t head[2];     ///< zero where the body is shorter

  /// CONNACK return code (section 3.2.2.3).
  uint8_t connack_code() const { return head[1]; }
  /// PUBACK packet identifier (section 3.4.2).
  uint16_t puback_packet() const { return static_cast<uint16_t>((head[0] << 8) | head[1]); }
  /// True for a packet of this type and exactly this length.
  bool is(MqttType wanted, uint32_t length) const {
    return type == static_cast<uint8_t>(wanted) && remaining == length;
  }
};

/// Cuts a byte stream into packets. All bytes are hostile; nothing is stored but the packet's first two body
/// bytes.
class MqttReader {
 public:
  enum class Result : uint8_t {
    more,    ///< the packet is not complete
    packet,  ///< packet() is complete; the next byte begins another
    broken,  ///< a length of more than four bytes (section 2.2.3): the stream cannot be trusted any more
  };

  MqttReader() { reset(); }
  void reset();
  /// Takes one byte. After `broken` every byte is answered so until reset().
  Result take(uint8_t byte);
  /// The last complete packet.
  const MqttPacket& packet() const { return packet_; }

 private:
  enum class State : uint8_t { type, length, body, broken };
  Result take_length(uint8_t byte);
  Result finish_if_empty();

  MqttPacket packet_;
  uint32_t body_read_;
  uint8_t shift_;
  State state_;
};

}  // namespace device
}  // namespace tlswatch

#endif
