#include "publish_facts.h"

#include <mosquitto_broker.h>

#include <cstring>

#include "client_facts.h"

namespace tlswatch::plugin {
namespace {

constexpr int kMqtt5 = 5;
constexpr std::uint32_t kMostProperties = 1024;

/// Bytes of a Variable Byte Integer (MQTT 5.0 section 1.5.5).
std::uint32_t length_of_length(std::uint32_t n) noexcept {
  std::uint32_t bytes = 1;
  for (; n >= 128; n /= 128) ++bytes;
  return bytes;
}

std::uint32_t packet_size(std::uint32_t remaining) noexcept {
  return 1 + length_of_length(remaining) + remaining;
}

/// A client's frame has a mask.
std::uint32_t frame_size(std::uint32_t payload) noexcept {
  const std::uint32_t length = payload < 126 ? 0 : payload < 65536 ? 2 : 8;
  return 2 + length + 4 + payload;
}

}  // namespace

PublishFacts read_publish(const mosquitto_evt_message& event) noexcept {
  PublishFacts out;
  out.client = event.client;
  out.address = client_address(event.client);
  out.certificate = client_certificate(event.client);
  const bool websockets = mosquitto_client_protocol(event.client) == mp_websockets;
  out.transport = websockets ? wire::Transport::websockets : wire::Transport::mqtt;

  const auto topic = static_cast<std::uint32_t>(std::strlen(event.topic));
  std::uint32_t least = 2 + topic + (event.qos > 0 ? 2U : 0U) + event.payloadlen;
  std::uint32_t most = least;
  if (mosquitto_client_protocol_version(event.client) == kMqtt5) {
    least += 1;  // the length of no properties
    most += 1 + (event.properties == nullptr ? 0 : kMostProperties);
  }
  out.least = packet_size(least);
  out.most = packet_size(most);
  if (websockets) {
    out.least = frame_size(out.least);
    out.most = frame_size(out.most);
  }
  return out;
}

}  // namespace tlswatch::plugin
