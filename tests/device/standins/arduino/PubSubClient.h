// Stand-in: see ../README.md. What PubSubClient 2.8 does on the wire: QoS 0, a PINGREQ after 15 silent
// seconds, the connection given up when that one is not answered for as long.
#pragma once

#include "Arduino.h"
#include "Client.h"

#define MQTT_CONNECTION_TIMEOUT -4
#define MQTT_CONNECTION_LOST -3
#define MQTT_CONNECT_FAILED -2
#define MQTT_DISCONNECTED -1
#define MQTT_CONNECTED 0

class PubSubClient {
 public:
  PubSubClient() = default;
  explicit PubSubClient(Client& client) : client_(&client) {}
  PubSubClient& setClient(Client& client) {
    client_ = &client;
    return *this;
  }
  PubSubClient& setServer(const char*, std::uint16_t) { return *this; }
  bool setBufferSize(std::uint16_t size) {
    buffer_size_ = size;
    return true;
  }
  int state() const { return state_; }
  bool connected() {
    if (client_->connected() != 0) return state_ == MQTT_CONNECTED;
    if (state_ == MQTT_CONNECTED) {
      state_ = MQTT_CONNECTION_LOST;
      client_->stop();
    }
    return false;
  }
  bool connect(const char*) {
    if (client_->connect("broker", 8883) != 1) {
      state_ = MQTT_CONNECT_FAILED;
      return false;
    }
    const std::uint8_t packet[] = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 15, 0, 1, 'x'};
    client_->write(packet, sizeof packet);
    std::uint8_t connack[4];
    if (client_->read(connack, sizeof connack) != 4) {
      state_ = MQTT_CONNECTION_TIMEOUT;
      client_->stop();
      return false;
    }
    state_ = connack[3];
    ping_outstanding_ = false;
    last_ms_ = millis();
    if (state_ != MQTT_CONNECTED) client_->stop();
    return state_ == MQTT_CONNECTED;
  }
  bool publish(const char* topic, const std::uint8_t* payload, unsigned n, bool = false) {
    const std::size_t topic_n = std::strlen(topic);
    if (!connected() || buffer_size_ < 5 + 2 + topic_n + n) return false;
    std::vector<std::uint8_t> packet = {0x30};
    std::size_t rest = 2 + topic_n + n;
    for (; rest >= 128; rest /= 128) packet.push_back(static_cast<std::uint8_t>(rest % 128 + 128));
    packet.push_back(static_cast<std::uint8_t>(rest));
    packet.push_back(static_cast<std::uint8_t>(topic_n / 256));
    packet.push_back(static_cast<std::uint8_t>(topic_n % 256));
    packet.insert(packet.end(), topic, topic + topic_n);
    packet.insert(packet.end(), payload, payload + n);
    last_ms_ = millis();
    return client_->write(packet.data(), packet.size()) == packet.size();
  }
  bool loop() {
    if (!connected()) return false;
    while (client_->available() != 0) {
      if (client_->read() == 0xD0) ping_outstanding_ = false;
    }
    if (millis() - last_ms_ <= kKeepaliveMs) return true;
    if (ping_outstanding_) {
      state_ = MQTT_CONNECTION_TIMEOUT;
      client_->stop();
      return false;
    }
    const std::uint8_t pingreq[] = {0xC0, 0};
    client_->write(pingreq, sizeof pingreq);
    ping_outstanding_ = true;
    last_ms_ = millis();
    return true;
  }

 private:
  static constexpr unsigned long kKeepaliveMs = 15'000;

  Client* client_ = nullptr;
  std::size_t buffer_size_ = 256;
  int state_ = MQTT_DISCONNECTED;
  bool ping_outstanding_ = false;
  unsigned long last_ms_ = 0;
};
