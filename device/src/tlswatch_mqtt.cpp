#include "tlswatch_mqtt.h"

#include <string.h>

namespace tlswatch {
namespace device {
namespace {

constexpr size_t kTextMax = 65535;       // section 1.5.3
constexpr uint8_t kLengthShiftMax = 21;  // four bytes of seven bits each, section 2.2.3
constexpr uint8_t kPublishQos1 = 0x32;
constexpr uint8_t kCleanSession = 0x02;
constexpr uint8_t kHasPassword = 0x40;
constexpr uint8_t kHasUser = 0x80;

// Appends to a buffer and remembers when something did not fit.
struct Out {
  uint8_t* data;
  size_t room;
  size_t size;
  bool overflow;

  void byte(uint8_t value) {
    if (size >= room) overflow = true;
    if (overflow) return;
    data[size++] = value;
  }
  void u16(uint16_t value) {
    byte(static_cast<uint8_t>(value >> 8));
    byte(static_cast<uint8_t>(value & 0xFF));
  }
  void bytes(const void* from, size_t n) {
    if (n > room - size) overflow = true;
    if (overflow || n == 0) return;
    memcpy(data + size, from, n);
    size += n;
  }
  void text(const char* from) {
    const size_t n = strlen(from);
    if (n > kTextMax) overflow = true;
    u16(static_cast<uint16_t>(n));
    bytes(from, n);
  }
  void remaining_length(size_t n) {
    do {
      const uint8_t low = static_cast<uint8_t>(n & 0x7F);
      n >>= 7;
      byte(n != 0 ? static_cast<uint8_t>(low | 0x80) : low);
    } while (n != 0);
  }
  size_t result() const { return overflow ? 0 : size; }
};

size_t text_size(const char* text) {
  return text == nullptr ? 0 : 2 + strlen(text);
}

}  // namespace

size_t mqtt_encode_connect(const MqttConnect& connect, uint8_t* buf, size_t n) {
  static const uint8_t kProtocol[] = {0, 4, 'M', 'Q', 'T', 'T', 4};
  const char* password = connect.user == nullptr ? nullptr : connect.password;
  uint8_t flags = kCleanSession;
  if (connect.user != nullptr) flags |= kHasUser;
  if (password != nullptr) flags |= kHasPassword;

  Out out = {buf, n, 0, false};
  out.byte(static_cast<uint8_t>(static_cast<unsigned>(MqttType::connect) << 4));
  out.remaining_length(sizeof kProtocol + 3 + text_size(connect.client_id) + text_size(connect.user) +
                       text_size(password));
  out.bytes(kProtocol, sizeof kProtocol);
  out.byte(flags);
  out.u16(connect.keepalive_s);
  out.text(connect.client_id);
  if (connect.user != nullptr) out.text(connect.user);
  if (password != nullptr) out.text(password);
  return out.result();
}

size_t mqtt_encode_publish(const char* topic, const void* payload, size_t payload_n, uint16_t packet,
                           uint8_t* buf, size_t n) {
  Out out = {buf, n, 0, false};
  out.byte(kPublishQos1);
  out.remaining_length(text_size(topic) + 2 + payload_n);
  out.text(topic);
  out.u16(packet);
  out.bytes(payload, payload_n);
  return out.result();
}

size_t mqtt_encode_bare(MqttType type, uint8_t* buf, size_t n) {
  Out out = {buf, n, 0, false};
  out.byte(static_cast<uint8_t>(static_cast<unsigned>(type) << 4));
  out.byte(0);
  return out.result();
}

void MqttReader::reset() {
  memset(&packet_, 0, sizeof packet_);
  body_read_ = 0;
  shift_ = 0;
  state_ = State::type;
}

MqttReader::Result MqttReader::take(uint8_t byte) {
  switch (state_) {
    case State::type:
      reset();
      packet_.type = byte >> 4;
      state_ = State::length;
      return Result::more;
    case State::length: return take_length(byte);
    case State::body:
      if (body_read_ < sizeof packet_.head) packet_.head[body_read_] = byte;
      ++body_read_;
      return finish_if_empty();
    case State::broken: return Result::broken;
  }
  return Result::broken;
}

MqttReader::Result MqttReader::take_length(uint8_t byte) {
  packet_.remaining |= static_cast<uint32_t>(byte & 0x7F) << shift_;
  const bool more = (byte & 0x80) != 0;
  if (more && shift_ == kLengthShiftMax) {
    state_ = State::broken;
    return Result::broken;
  }
  shift_ = static_cast<uint8_t>(shift_ + 7);
  if (more) return Result::more;
  state_ = State::body;
  return finish_if_empty();
}

MqttReader::Result MqttReader::finish_if_empty() {
  if (body_read_ < packet_.remaining) return Result::more;
  state_ = State::type;
  return Result::packet;
}

}  // namespace device
}  // namespace tlswatch
