#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_codes.h"
#include "tlswatch_mqtt_session.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kAckLength = 2;  // CONNACK and PUBACK alike, sections 3.2.1 and 3.4.1
// A broker that answers with packets of its own choosing, on and on, gets no more than so many looked at.
constexpr unsigned kStrayPacketsMax = 1000;

}  // namespace

MqttSession::MqttSession(TlsClient& tls, uint8_t* scratch, size_t scratch_size)
    : tls_(tls), scratch_(scratch), scratch_size_(scratch_size), failure_(), chunk_used_(0), chunk_size_(0) {}

bool MqttSession::connect(const MqttConnect& connect, uint32_t timeout_ms) {
  reader_.reset();
  chunk_used_ = chunk_size_ = 0;  // what an earlier connection left
  if (!send(mqtt_encode_connect(connect, scratch_, scratch_size_), timeout_ms)) return lost(kMqttNoConnack);
  if (wait_for(MqttType::connack, kAckLength, timeout_ms) != TlsClient::Io::ok) return lost(kMqttNoConnack);
  const uint8_t code = reader_.packet().connack_code();
  if (code == 0) return true;
  failure_ = Failure{Stack::tasmota, Phase::mqtt, kNoTlsError, code};
  return false;
}

bool MqttSession::publish(const char* topic, const void* payload, size_t n, uint16_t packet,
                          uint32_t timeout_ms) {
  const size_t size = mqtt_encode_publish(topic, payload, n, packet, scratch_, scratch_size_);
  if (!send(size, timeout_ms)) return lost(kMqttConnectionLost);
  for (unsigned strays = 0; strays < kStrayPacketsMax; ++strays) {
    if (wait_for(MqttType::puback, kAckLength, timeout_ms) != TlsClient::Io::ok) break;
    if (reader_.packet().puback_packet() == packet) return true;
  }
  return lost(kMqttConnectionLost);
}

bool MqttSession::ping(uint32_t timeout_ms) {
  if (!send(mqtt_encode_bare(MqttType::pingreq, scratch_, scratch_size_), timeout_ms))
    return lost(kMqttConnectionLost);
  if (wait_for(MqttType::pingresp, 0, timeout_ms) == TlsClient::Io::ok) return true;
  return lost(kMqttConnectionLost);
}

bool MqttSession::idle(uint32_t ms) {
  // A PINGRESP nobody waits for does no harm, so any wait that ends by time is what we want.
  if (wait_for(MqttType::disconnect, 0, ms) == TlsClient::Io::timeout) return true;
  return lost(kMqttConnectionLost);
}

void MqttSession::disconnect(uint32_t timeout_ms) {
  send(mqtt_encode_bare(MqttType::disconnect, scratch_, scratch_size_), timeout_ms);
  tls_.close(timeout_ms);
}

bool MqttSession::send(size_t n, uint32_t timeout_ms) {
  return n != 0 && tls_.write(scratch_, n, timeout_ms) == TlsClient::Io::ok;
}

// Reads until a packet of this type and length is complete; others are dropped.
TlsClient::Io MqttSession::wait_for(MqttType type, uint32_t length, uint32_t timeout_ms) {
  const uint32_t until = tls_.deadline(timeout_ms);
  unsigned strays = 0;
  for (;;) {
    while (chunk_used_ < chunk_size_) {
      const MqttReader::Result result = reader_.take(chunk_[chunk_used_++]);
      if (result == MqttReader::Result::broken) return TlsClient::Io::closed;
      if (result == MqttReader::Result::more) continue;
      if (reader_.packet().is(type, length)) return TlsClient::Io::ok;
      if (++strays == kStrayPacketsMax) return TlsClient::Io::closed;
    }
    size_t got = 0;
    const TlsClient::Io io = tls_.read(chunk_, sizeof chunk_, &got, tls_.left_ms(until));
    if (io != TlsClient::Io::ok) return io;
    chunk_used_ = 0;
    chunk_size_ = static_cast<uint8_t>(got);
    if (tls_.left_ms(until) == 0) return TlsClient::Io::timeout;
  }
}

bool MqttSession::lost(int32_t detail) {
  const int error = tls_.last_error();
  failure_ = Failure{error != 0 ? Stack::bearssl : Stack::tasmota, Phase::mqtt,
                     error != 0 ? error : kNoTlsError, detail};
  return false;
}

size_t report_pending(Recorder& recorder, MqttSession& session, const char* topic, uint32_t timeout_ms) {
  const size_t topic_size = strlen(topic);
  if (topic_size >= kReportMax) return 0;
  size_t arrived = 0;
  // Two eras, six errors: more than that many reports there cannot be.
  for (uint16_t packet = 1; packet <= kReportEntriesMax; ++packet) {
    char text[kReportMax];
    const size_t size = recorder.format_report(text, kReportMax - topic_size, packet);
    if (size == 0 || !session.publish(topic, text, size, packet, timeout_ms)) break;
    arrived += recorder.acknowledged(packet);
  }
  return arrived;
}

}  // namespace device
}  // namespace tlswatch

#endif
