// PubSubClient over TLS on an ESP8266, with a report of what went wrong before.
//
// PubSubClient publishes with QoS 0 and tells nobody what the broker answers, so it gets a client that
// listens (WatchedClient): a report is forgotten when an answer shows that the broker has read it, which
// PubSubClient's next PINGREQ brings about by itself.
#include <ESP8266WiFi.h>
#include <PubSubClient.h>
#include <WiFiClientSecure.h>

#include "tlswatch_arduino.h"

using namespace tlswatch::device;

const char kSsid[] = "my-network";
const char kPassword[] = "my-password";
const char kBroker[] = "broker.example";
const uint16_t kPort = 8883;
const char kClientId[] = "kitchen-7";
const char kFingerprint[] = "00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF 00 11 22 33";
const char kReportTopic[] = "tlswatch/report/kitchen-7";
const uint16_t kReportId = 1;  // any number: QoS 0 has no packet identifiers
const unsigned long kRetryMs = 10000;

Recorder recorder;
Receipt receipt;
BearSSL::WiFiClientSecure tls;
WatchedClient watched(tls, receipt);
PubSubClient mqtt(watched);
unsigned long last_attempt_ms;

void sendReport() {
  char text[kReportMax];
  const size_t n = recorder.format_report(text, kReportMax - strlen(kReportTopic), kReportId);
  if (n == 0) return;
  if (mqtt.publish(kReportTopic, reinterpret_cast<const uint8_t*>(text), n)) receipt.expect();
}

// What the TLS library knows is lost with the next attempt: so it is taken now.
void recordFailure() {
  const int tls_error = tls.getLastSSLError();
  if (tls_error > 0) {
    recorder.record(Stack::bearssl, Phase::tls, tls_error, mqtt.state());
  } else if (tls_error < 0) {
    recorder.record(Stack::tasmota, Phase::tls, tls_error, mqtt.state());  // the core's own: out of memory
  } else {
    recorder.record(Stack::tasmota, Phase::mqtt, kNoTlsError, mqtt.state());
  }
}

void connectToBroker() {
  recorder.attempt();
  IPAddress address;
  if (!WiFi.hostByName(kBroker, address)) {
    recorder.record(Stack::tasmota, Phase::dns, kCannotResolve, 0);
    return;
  }
  if (!mqtt.connect(kClientId)) {
    recordFailure();
    return;
  }
  recorder.connected();
  recorder.attempt();  // should the connection break: that is one error, too
  sendReport();
}

void setup() {
  recorder.begin(tlswatch_chip_port(), "1.4.2");
  WiFi.begin(kSsid, kPassword);
  configTime(0, 0, "pool.ntp.org");
  tls.setFingerprint(kFingerprint);
  mqtt.setServer(kBroker, kPort);
  mqtt.setBufferSize(kReportPacketMax);
  last_attempt_ms = millis() - kRetryMs;
}

void loop() {
  const bool was_connected = mqtt.state() == MQTT_CONNECTED;
  if (mqtt.loop()) {
    if (receipt.arrived() && recorder.acknowledged(kReportId) != 0) sendReport();  // there may be more
    return;
  }
  if (was_connected) recordFailure();
  if (WiFi.status() != WL_CONNECTED || millis() - last_attempt_ms < kRetryMs) return;
  last_attempt_ms = millis();
  connectToBroker();
}
