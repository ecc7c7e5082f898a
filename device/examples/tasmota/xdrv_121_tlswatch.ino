// A Tasmota driver: the last errors of the MQTT connection, over resets, reported when it stands again.
//
// Tasmota's own lines ("MQT: TLS connection error: 62", "MQT: Connect failed to ...") stay as they are.
//
//   1. This file goes to tasmota/tasmota_xdrv_driver/, the module's folder to lib/lib_div/tlswatch.
//   2. In user_config_override.h: #define USE_TLSWATCH
//   3. One line in xdrv_02_9_mqtt.ino, the first in MqttDisconnected(int state), where TLS's last error is
//      still known: TlswatchDisconnected(state);
//
// All else hooks in by itself: FUNC_INIT (after MqttInit has set the client), FUNC_MQTT_SUBSCRIBE
// (MqttConnected), FUNC_EVERY_SECOND. On the ESP8266 RTC blocks 64..95 are Tasmota's free ones, and the
// default.
#ifdef USE_TLSWATCH
#ifdef USE_MQTT_TLS

#define XDRV_121 121

#include "tlswatch_arduino.h"

struct TLSWATCH {
  tlswatch::device::Recorder recorder;
  tlswatch::device::Receipt receipt;
  tlswatch_port port;
  bool active;
} Tlswatch;

const uint16_t TLSWATCH_REPORT_ID = 1;  // any number: Tasmota publishes with QoS 0

void TlswatchVitals(void*, tlswatch_vitals* now) {
  now->unix_s = UtcTime();  // counts from 1970 until NTP has answered, which the recorder takes as not set
  now->uptime_s = TasmotaGlobal.uptime;
  now->free_heap = ESP_getFreeHeap();
}

void TlswatchInit(void) {
  Tlswatch.port = tlswatch_chip_port();
  Tlswatch.port.vitals = TlswatchVitals;
  Tlswatch.recorder.begin(Tlswatch.port, TasmotaGlobal.version);
  Tlswatch.recorder.attempt();
  Tlswatch.active = true;
  if (Mqtt.mqtt_tls) {
    // Lives as long as the firmware, as tlsClient does.
    static tlswatch::device::WatchedClient watched(*tlsClient, Tlswatch.receipt);
    MqttClient.setClient(watched);
  }
}

void TlswatchReport(void) {
  char topic[TOPSZ];
  snprintf_P(topic, sizeof(topic), PSTR("tlswatch/report/%s"), TasmotaGlobal.mqtt_client);
  const size_t used = strlen(topic);
  char text[tlswatch::device::kReportMax];
  if (used >= sizeof(text)) {
    return;
  }
  const size_t n = Tlswatch.recorder.format_report(text, sizeof(text) - used, TLSWATCH_REPORT_ID);
  if (n && MqttClient.publish(topic, (const uint8_t*)text, n, false)) {
    Tlswatch.receipt.expect();
  }
}

// Called first in MqttDisconnected. state: PubSubClient's, or -5 for a name that could not be resolved.
void TlswatchDisconnected(int state) {
  using namespace tlswatch::device;
  if (!Tlswatch.active) {
    return;
  }
  const int error = Mqtt.mqtt_tls ? tlsClient->getLastError() : 0;
  if (-5 == state) {
    Tlswatch.recorder.record(Stack::tasmota, Phase::dns, kCannotResolve, state);
  } else if (kCannotConnect == error) {
    Tlswatch.recorder.record(Stack::tasmota, Phase::tcp, error, state);
  } else if (0 == error) {
    Tlswatch.recorder.record(Stack::tasmota, Phase::mqtt, kNoTlsError, state);
  } else if (error < 0 || kFingerprintMismatch == error) {
    Tlswatch.recorder.record(Stack::tasmota, Phase::tls, error, state);
  } else {
    Tlswatch.recorder.record(Stack::bearssl, Phase::tls, error, state);
  }
  Tlswatch.recorder.attempt();
}

void TlswatchConnected(void) {
  Tlswatch.recorder.connected();
  Tlswatch.recorder.attempt();
  TlswatchReport();
}

void TlswatchEverySecond(void) {
  if (Tlswatch.receipt.arrived() && Tlswatch.recorder.acknowledged(TLSWATCH_REPORT_ID)) {
    TlswatchReport();  // there may be more
  }
}

bool Xdrv121(uint32_t function) {
  switch (function) {
    case FUNC_INIT: TlswatchInit(); break;
    case FUNC_MQTT_SUBSCRIBE: TlswatchConnected(); break;
    case FUNC_EVERY_SECOND: TlswatchEverySecond(); break;
    case FUNC_ACTIVE: return true;
  }
  return false;
}

#endif  // USE_MQTT_TLS
#endif  // USE_TLSWATCH
