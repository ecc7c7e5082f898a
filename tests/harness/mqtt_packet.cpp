#include "mqtt_packet.h"

namespace tlswatch::harness {
namespace {

constexpr std::uint8_t kConnack = 2;
constexpr std::uint8_t kPuback = 4;

char byte(std::size_t value) {
  return static_cast<char>(value & 0xff);
}

std::string u16(std::size_t value) {
  return {byte(value >> 8), byte(value)};
}

std::string field(std::string_view text) {
  return u16(text.size()) + std::string(text);
}

std::string packet(std::uint8_t first, const std::string& body) {
  std::string out(1, byte(first));
  std::size_t left = body.size();
  do {
    out += byte((left % 128) | (left >= 128 ? 128 : 0));
    left /= 128;
  } while (left > 0);
  return out + body;
}

std::uint8_t at(const std::string& bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes.at(index));
}

// Length of a whole packet at the start of `bytes`; nothing where that is not known yet.
std::optional<std::size_t> packet_size(const std::string& bytes, std::size_t& header) {
  std::size_t length = 0;
  for (std::size_t i = 1; i < bytes.size() && i < 5; ++i) {
    length |= static_cast<std::size_t>(at(bytes, i) & 127) << (7 * (i - 1));
    if ((at(bytes, i) & 128) != 0) continue;
    header = i + 1;
    return header + length;
  }
  return std::nullopt;
}

}  // namespace

std::string connect_packet(const Login& login) {
  constexpr std::size_t kCleanSession = 2;
  constexpr std::size_t kPassword = 64;
  constexpr std::size_t kUser = 128;
  const std::size_t flags = kCleanSession | (login.user ? kUser : 0) | (login.password ? kPassword : 0);
  std::string body =
      field("MQTT") + byte(static_cast<std::size_t>(login.version)) + byte(flags) + u16(login.keepalive_s);
  if (login.version == MqttVersion::v5) body += byte(0);
  body += field(login.client_id);
  if (login.user) body += field(*login.user);
  if (login.password) body += field(*login.password);
  return packet(0x10, body);
}

std::string publish_packet(MqttVersion version, std::string_view topic, std::string_view payload,
                           std::uint16_t packet_id) {
  std::string body = field(topic);
  if (packet_id != 0) body += u16(packet_id);
  if (version == MqttVersion::v5) body += byte(0);
  body += payload;
  return packet(packet_id == 0 ? 0x30 : 0x32, body);
}

std::string disconnect_packet() {
  return packet(0xe0, "");
}

std::optional<Packet> read_packet(Stream& stream, std::chrono::milliseconds deadline) {
  std::string bytes;
  std::size_t header = 0;
  for (;;) {
    const std::optional<std::size_t> whole = packet_size(bytes, header);
    if (whole && bytes.size() >= *whole) {
      return Packet{static_cast<std::uint8_t>(at(bytes, 0) >> 4), bytes.substr(header, *whole - header)};
    }
    const std::string more = stream.receive(deadline);
    if (more.empty()) return std::nullopt;
    bytes += more;
  }
}

std::optional<int> connack_code(const std::optional<Packet>& packet) {
  if (!packet || packet->type != kConnack || packet->body.size() < 2) return std::nullopt;
  return at(packet->body, 1);
}

std::optional<int> puback_code(const std::optional<Packet>& packet) {
  if (!packet || packet->type != kPuback || packet->body.size() < 2) return std::nullopt;
  return packet->body.size() > 2 ? at(packet->body, 2) : 0;
}

}  // namespace tlswatch::harness
