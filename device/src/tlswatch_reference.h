// The reference device: one connection attempt, with all that belongs to it, in the order that matters.
//
//   recorder.attempt -> TLS (a kept session first) -> learn -> keep the session -> MQTT -> report
//
// A failure is recorded before anything else is tried; errors of earlier attempts are reported until the
// broker has acknowledged them. Both tlswatch-device on a host and the firmware of the emulated ESP8266 are
// this, with other buffers and other ports.
#ifndef TLSWATCH_REFERENCE_H
#define TLSWATCH_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_fingerprint_x509.h"
#include "tlswatch_mqtt_session.h"
#include "tlswatch_recorder.h"
#include "tlswatch_session.h"
#include "tlswatch_store.h"
#include "tlswatch_tls_client.h"

namespace tlswatch {
namespace device {

/// Everything pointed to must outlive the connection. What a build does not need it leaves null, and then
/// does not link.
struct ReferenceConfig {
  TlsConfig tls;
  MqttConnect mqtt;
  const char* report_topic;
  uint32_t answer_timeout_ms;  ///< for each answer of the broker
  uint8_t* scratch;            ///< where MQTT packets are built: the CONNECT, and kReportPacketMax
  size_t scratch_size;
  FingerprintX509* fingerprint;  ///< the context behind tls.check, if that is one: to learn from
  bool (*keep_learnt)(const Store& store, size_t slot, const Fingerprint& fingerprint);  ///< or null
  Store learnt;
  const SessionKeeping* sessions;  ///< &kSessionKeeping; null, the default: nothing is kept nor resumed
  Store session;
};

/// What came of an attempt.
struct ReferenceOutcome {
  bool connected;   ///< CONNACK with code 0
  Failure failure;  ///< if not
  size_t reported;  ///< errors that are known to have arrived
  bool learned;     ///< fingerprint->seen is a key that was not known before
  bool kept;        ///< and it has been stored
};

class ReferenceDevice {
 public:
  /// All three must outlive the object. recorder.begin() is the caller's, once a boot.
  ReferenceDevice(const ReferenceConfig& config, Recorder& recorder, const Transport& transport);

  /// Makes one attempt; afterwards the connection stands if outcome.connected, else it is closed.
  ReferenceOutcome attempt();
  /// Stays connected for so long, with pings. False when the connection was lost: that is recorded, and it is
  /// closed.
  bool stay(uint32_t seconds);
  /// Leaves in good order.
  void leave();

  const TlsClient& tls() const { return tls_; }

 private:
  bool connect_tls(ReferenceOutcome& outcome);
  void learn(ReferenceOutcome& outcome);

  const ReferenceConfig& config_;
  Recorder& recorder_;
  const Transport& transport_;
  TlsClient tls_;
  MqttSession mqtt_;
};

/// What a kept session is bound to: where it was made, with whom, as whom, and with which buffers.
uint32_t session_binding(const TlsConfig& config);

}  // namespace device
}  // namespace tlswatch

#endif
