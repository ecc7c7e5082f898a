// MQTT over the TLS client: connect, publish with QoS 1 until it is acknowledged, ping, disconnect.
#ifndef TLSWATCH_MQTT_SESSION_H
#define TLSWATCH_MQTT_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_mqtt.h"
#include "tlswatch_recorder.h"
#include "tlswatch_tls_client.h"

namespace tlswatch {
namespace device {

class MqttSession {
 public:
  /// tls: a connected client; scratch: where packets are built, large enough for the largest one sent
  /// (kReportPacketMax for reports). Both must outlive the session.
  MqttSession(TlsClient& tls, uint8_t* scratch, size_t scratch_size);

  /// Sends CONNECT and waits for CONNACK. False: failure() is (tasmota, mqtt, 0) with the CONNACK code as
  /// detail, or -4 when none came; or (bearssl, mqtt, error, -4) when TLS broke meanwhile.
  bool connect(const MqttConnect& connect, uint32_t timeout_ms);
  /// Publishes with QoS 1 and waits for the PUBACK. False: no PUBACK, failure() has detail -3.
  bool publish(const char* topic, const void* payload, size_t n, uint16_t packet, uint32_t timeout_ms);
  /// Sends PINGREQ and waits for PINGRESP.
  bool ping(uint32_t timeout_ms);
  /// Lets `ms` pass while what comes is read and dropped. False when the connection ended meanwhile.
  bool idle(uint32_t ms);
  /// Sends DISCONNECT and closes the connection in good order.
  void disconnect(uint32_t timeout_ms);

  const Failure& failure() const { return failure_; }

 private:
  bool send(size_t n, uint32_t timeout_ms);
  TlsClient::Io wait_for(MqttType type, uint32_t length, uint32_t timeout_ms);
  bool lost(int32_t detail);

  TlsClient& tls_;
  uint8_t* scratch_;
  size_t scratch_size_;
  MqttReader reader_;
  Failure failure_;
  uint8_t chunk_[16];
  uint8_t chunk_used_;
  uint8_t chunk_size_;
};

/// Publishes all that `recorder` has to report, one message after the other, each forgotten with its PUBACK.
/// Returns how many errors are known to have arrived; stops at the first message that is not acknowledged.
/// topic: at most kReportMax bytes less a report; timeout_ms: for each message.
size_t report_pending(Recorder& recorder, MqttSession& session, const char* topic, uint32_t timeout_ms);

}  // namespace device
}  // namespace tlswatch

#endif
