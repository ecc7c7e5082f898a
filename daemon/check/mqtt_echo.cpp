#include "daemon/check/mqtt_echo.h"

#include <algorithm>
#include <utility>

namespace tlswatch::check {
namespace {

using wire::Bytes;
using wire::Cursor;

// MQTT 3.1.1 section 2.2.1, the first byte with its fixed flags.
constexpr std::uint8_t kConnect = 0x10;
constexpr std::uint8_t kConnack = 0x20;
constexpr std::uint8_t kPublish = 0x30;
constexpr std::uint8_t kPublishQos1 = 0x32;
constexpr std::uint8_t kPuback = 0x40;
constexpr std::uint8_t kSubscribe = 0x82;
constexpr std::uint8_t kSuback = 0x90;
constexpr std::uint8_t kPingreq = 0xC0;
constexpr std::uint8_t kPingresp = 0xD0;
constexpr std::uint8_t kType = 0xF0;

constexpr std::uint8_t kSubscribeId = 1;
constexpr std::uint8_t kPublishId = 2;
constexpr std::uint8_t kSubackFailure = 0x80;  // section 3.9.3
constexpr std::uint8_t kKeepaliveSeconds = 60;
constexpr std::size_t kMaxText = 0xFFFF;

void put8(std::string& out, std::size_t v) {
  out += static_cast<char>(static_cast<std::uint8_t>(v));
}
void put_text(std::string& out, std::string_view text) {
  text = text.substr(0, kMaxText);
  put8(out, text.size() >> 8);
  put8(out, text.size());
  out += text;
}

/// Section 2.2.3: seven bits a byte, the lowest first.
std::string packet_of(std::uint8_t first, std::string_view body) {
  std::string out(1, static_cast<char>(first));
  std::size_t left = body.size();
  do {
    const std::size_t digit = left & 0x7F;
    left >>= 7;
    put8(out, left != 0 ? digit | 0x80 : digit);
  } while (left != 0);
  return out.append(body);
}

std::string connect_of(const Login& login) {
  std::string body;
  put_text(body, "MQTT");
  put8(body, 4);  // 3.1.1
  put8(body, 0x02U | (login.user ? 0x80U : 0U) | (login.user && login.password ? 0x40U : 0U));
  put8(body, 0);
  put8(body, kKeepaliveSeconds);
  put_text(body, login.client_id);
  if (login.user) put_text(body, *login.user);
  if (login.user && login.password) put_text(body, *login.password);
  return packet_of(kConnect, body);
}

}  // namespace

MqttEcho::MqttEcho(const Login& login, std::string topic)
    : topic_(std::move(topic)), outgoing_(connect_of(login)) {}

std::string MqttEcho::take_outgoing() {
  return std::exchange(outgoing_, {});
}

void MqttEcho::take(Bytes bytes) {
  incoming_.append(wire::as_text(bytes));
  // What does not begin so will never be one, however much of it comes.
  if (outcome_ == Mqtt::no_answer && !incoming_.empty())
    done_ = static_cast<std::uint8_t>(incoming_.front()) != kConnack;
  while (!done_ && incoming_.size() >= 2) {
    std::size_t length = 0;
    std::size_t at = 1;
    bool more = true;
    for (unsigned shift = 0; more && shift < 28 && at < incoming_.size(); shift += 7, ++at) {
      const auto digit = static_cast<std::uint8_t>(incoming_[at]);
      length |= std::size_t{digit & 0x7FU} << shift;
      more = (digit & 0x80U) != 0;
    }
    if (length > kMaxPacket || (more && at > 4)) {
      done_ = true;
      return;
    }
    if (more || incoming_.size() < at + length) return;
    const auto* const from = reinterpret_cast<const std::uint8_t*>(incoming_.data());
    packet(from[0], Bytes(from + at, length));
    incoming_.erase(0, at + length);
  }
}

void MqttEcho::packet(std::uint8_t first, Bytes body) {
  if (outcome_ == Mqtt::no_answer) return connack(body);
  if ((first & kType) == kPublish) return publish(first, body);
  if (first == kSuback) return suback(body);
  if (first == kPingresp) {
    overdue_ = published_;
    return;
  }
  if (first != kPuback) done_ = true;
}

void MqttEcho::connack(Bytes body) {
  Cursor c(body);
  c.u8();
  const std::uint8_t code = c.u8();
  done_ = !c.done() || code != 0;
  if (!c.done()) return;
  outcome_ = code == 0 ? Mqtt::accepted : Mqtt::refused;
  refusal_ = code;
  if (done_) return;
  std::string subscribe;
  put8(subscribe, 0);
  put8(subscribe, kSubscribeId);
  put_text(subscribe, topic_);
  put8(subscribe, 0);  // QoS 0
  outgoing_ += packet_of(kSubscribe, subscribe);
}

void MqttEcho::suback(Bytes body) {
  Cursor c(body);
  c.be16();
  const std::uint8_t code = c.u8();
  outcome_ = Mqtt::not_delivered;
  done_ = !c.done() || code == kSubackFailure || published_;
  if (done_) return;
  // QoS 1 and a PINGREQ behind it: their answers tell when it will not come back any more.
  std::string message;
  put_text(message, topic_);
  put8(message, 0);
  put8(message, kPublishId);
  message.append(kEchoBytes, 'x');
  outgoing_ += packet_of(kPublishQos1, message) + packet_of(kPingreq, {});
  published_ = true;
}

void MqttEcho::publish(std::uint8_t first, Bytes body) {
  constexpr std::uint8_t kQos = 0x06;
  Cursor c(body);
  const Bytes topic = c.vector16();
  if ((first & kQos) != 0) c.be16();
  if (!c.ok() || wire::as_text(topic) != topic_ || c.left() != kEchoBytes) return;
  outcome_ = Mqtt::delivered;
  done_ = true;
}

std::string_view connack_text(std::uint8_t code) noexcept {
  static constexpr std::string_view kTexts[] = {
      "accepted",           "unacceptable protocol version", "client id rejected",
      "server unavailable", "bad user name or password",     "not authorised"};
  return code < std::size(kTexts) ? kTexts[code] : "a code that MQTT 3.1.1 does not have";
}

std::string_view disconnect_packet() noexcept {
  return {"\xE0\x00", 2};
}

}  // namespace tlswatch::check
