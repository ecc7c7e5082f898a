#include "tlswatch_c.h"

#include "tlswatch_recorder.h"

using namespace tlswatch::device;

namespace {

static_assert(sizeof(tlswatch_recorder) == sizeof(Recorder) &&
                  alignof(tlswatch_recorder) == alignof(Recorder),
              "C code gives the recorder's memory");
static_assert(TLSWATCH_IMAGE_BYTES == kImageBytes && TLSWATCH_REPORT_MAX == kReportMax &&
                  sizeof TLSWATCH_REPORT_TOPIC_PREFIX == sizeof kReportTopicPrefix,
              "one size in both languages");
static_assert(static_cast<int>(Stack::tasmota) == TLSWATCH_STACK_TASMOTA &&
                  static_cast<int>(Stack::bearssl) == TLSWATCH_STACK_BEARSSL &&
                  static_cast<int>(Stack::mbedtls) == TLSWATCH_STACK_MBEDTLS &&
                  static_cast<int>(Stack::wolfssl) == TLSWATCH_STACK_WOLFSSL &&
                  static_cast<int>(Stack::openssl) == TLSWATCH_STACK_OPENSSL &&
                  static_cast<int>(Stack::esp_tls) == TLSWATCH_STACK_ESP_TLS &&
                  kStackCount == TLSWATCH_STACK_ESP_TLS + 1,
              "one number in both languages");
static_assert(static_cast<int>(Phase::dns) == TLSWATCH_PHASE_DNS &&
                  static_cast<int>(Phase::tcp) == TLSWATCH_PHASE_TCP &&
                  static_cast<int>(Phase::tls) == TLSWATCH_PHASE_TLS &&
                  static_cast<int>(Phase::mqtt) == TLSWATCH_PHASE_MQTT &&
                  kPhaseCount == TLSWATCH_PHASE_MQTT + 1,
              "one number in both languages");

Recorder& of(tlswatch_recorder* recorder) {
  return *reinterpret_cast<Recorder*>(recorder);
}

}  // namespace

void tlswatch_begin(tlswatch_recorder* recorder, const tlswatch_port* port, const char* firmware) {
  of(recorder).begin(*port, firmware);
}

void tlswatch_attempt(tlswatch_recorder* recorder) {
  of(recorder).attempt();
}

void tlswatch_record(tlswatch_recorder* recorder, tlswatch_stack stack, tlswatch_phase phase, int32_t code,
                     int32_t detail) {
  of(recorder).record(static_cast<Stack>(stack), static_cast<Phase>(phase), code, detail);
}

void tlswatch_connected(tlswatch_recorder* recorder) {
  of(recorder).connected();
}

size_t tlswatch_format_report(tlswatch_recorder* recorder, char* text, size_t n, uint16_t packet) {
  return of(recorder).format_report(text, n, packet);
}

size_t tlswatch_acknowledged(tlswatch_recorder* recorder, uint16_t packet, uint8_t reason) {
  return of(recorder).acknowledged(packet, reason);
}

size_t tlswatch_pending(const tlswatch_recorder* recorder) {
  return reinterpret_cast<const Recorder*>(recorder)->pending();
}
