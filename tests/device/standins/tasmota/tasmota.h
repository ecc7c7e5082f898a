// Stand-in: see ../README.md. What a driver sees, Tasmota's sources being one.
#pragma once

#include <PubSubClient.h>
#include <WiFiClientSecure.h>

#define USE_TLSWATCH
#define USE_MQTT_TLS
#define TOPSZ 151

enum XsnsFunctions { FUNC_INIT, FUNC_MQTT_SUBSCRIBE, FUNC_EVERY_SECOND, FUNC_ACTIVE };

struct {
  char version[16] = "14.2.0";
  char mqtt_client[99] = "DVES_A1B2C3";
  std::uint32_t uptime = 60;
} TasmotaGlobal;

struct {
  bool mqtt_tls = true;
} Mqtt;

BearSSL::WiFiClientSecure* tlsClient = new BearSSL::WiFiClientSecure;
PubSubClient MqttClient(*tlsClient);

inline std::uint32_t UtcTime() {
  return static_cast<std::uint32_t>(standins::world().unix_s);
}
inline std::uint32_t ESP_getFreeHeap() {
  return 9120;
}
