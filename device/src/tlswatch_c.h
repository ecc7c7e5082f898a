/* The recorder for C: the same calls as tlswatch_recorder.h has, whose comments are the manual.
 *
 *   static tlswatch_recorder recorder;
 *   tlswatch_begin(&recorder, tlswatch_esp32_port(), "1.4.2");
 *   tlswatch_attempt(&recorder);
 *   tlswatch_record(&recorder, TLSWATCH_STACK_MBEDTLS, TLSWATCH_PHASE_TLS, -0x2700, 8);
 *   tlswatch_connected(&recorder);
 *   n = tlswatch_format_report(&recorder, text, TLSWATCH_REPORT_MAX - strlen(topic), packet);
 *   tlswatch_acknowledged(&recorder, packet, 0);
 */
#ifndef TLSWATCH_C_H
#define TLSWATCH_C_H

#include "tlswatch_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a report's topic and payload together, and what the topic begins with. */
#define TLSWATCH_REPORT_MAX 249
#define TLSWATCH_REPORT_TOPIC_PREFIX "tlswatch/report/"

/* Whose number a code is. */
typedef enum {
  TLSWATCH_STACK_TASMOTA, /* the firmware's own: tlswatch_codes.h; code 0 with an MQTT state as its detail */
  TLSWATCH_STACK_BEARSSL,
  TLSWATCH_STACK_MBEDTLS,
  TLSWATCH_STACK_WOLFSSL,
  TLSWATCH_STACK_OPENSSL,
  TLSWATCH_STACK_ESP_TLS
} tlswatch_stack;

/* How far the connection had come. */
typedef enum {
  TLSWATCH_PHASE_DNS,
  TLSWATCH_PHASE_TCP,
  TLSWATCH_PHASE_TLS,
  TLSWATCH_PHASE_MQTT
} tlswatch_phase;

/* The recorder. Its members are nobody's business; tlswatch_begin sets them. */
typedef struct {
  const void* opaque_pointers[2];
  uint32_t opaque_words[2];
} tlswatch_recorder;

/* Once a boot. `port` and `firmware` must outlive the recorder; `firmware` is printable ASCII without " and
 * \. */
void tlswatch_begin(tlswatch_recorder* recorder, const tlswatch_port* port, const char* firmware);
/* Before each connection attempt: of its errors the first one counts. */
void tlswatch_attempt(tlswatch_recorder* recorder);
/* It failed. `detail`: MQTT state, verify flags, or 0. */
void tlswatch_record(tlswatch_recorder* recorder, tlswatch_stack stack, tlswatch_phase phase, int32_t code,
                     int32_t detail);
/* It did not: CONNACK with code 0. */
void tlswatch_connected(tlswatch_recorder* recorder);
/* The oldest errors as one report, as many as fit into n bytes; returns the text's length, 0 for none. */
size_t tlswatch_format_report(tlswatch_recorder* recorder, char* text, size_t n, uint16_t packet);
/* PUBACK, with its MQTT 5 reason (0 on MQTT 3.1.1). Returns how many errors were forgotten. */
size_t tlswatch_acknowledged(tlswatch_recorder* recorder, uint16_t packet, uint8_t reason);
/* Errors waiting to be reported. */
size_t tlswatch_pending(const tlswatch_recorder* recorder);

#ifdef __cplusplus
}
#endif

#endif
