/* esp-mqtt over TLS (mbedTLS), with a report of what went wrong before.
 *
 * Connect the network first (ESP-IDF's example_connect, or what your product has), then call
 * report_client_start(). All that touches the recorder runs in the MQTT task: the recorder is not for
 * several. */
#include <mqtt_client.h>
#include <nvs_flash.h>
#include <string.h>

#include "tlswatch_c.h"
#include "tlswatch_esp32.h"

#define BROKER_URI "mqtts://broker.example:8883"
#define CLIENT_ID "kitchen-7"
#define REPORT_TOPIC TLSWATCH_REPORT_TOPIC_PREFIX CLIENT_ID
#define REPORT_ID 1

/* esp_tls_errors.h */
#define ESP_TLS_CANNOT_RESOLVE 0x8001
#define ESP_TLS_FAILED_CONNECT 0x8004
#define ESP_TLS_CONNECTION_TIMEOUT 0x8006

/* tlswatch_codes.h, for C */
#define NO_TLS_ERROR 0
#define CANNOT_CONNECT (-1002)
#define MQTT_LOST (-3)

static tlswatch_recorder recorder;
static int report_msg_id = -1; /* esp-mqtt's number of the report on its way */

static void send_report(esp_mqtt_client_handle_t client) {
  char text[TLSWATCH_REPORT_MAX];
  const size_t n =
      tlswatch_format_report(&recorder, text, TLSWATCH_REPORT_MAX - strlen(REPORT_TOPIC), REPORT_ID);
  report_msg_id = n == 0 ? -1 : esp_mqtt_client_publish(client, REPORT_TOPIC, text, (int)n, 1, 0);
}

static void record_esp_tls(esp_err_t error, int flags) {
  tlswatch_phase phase = TLSWATCH_PHASE_TLS;
  if (error == ESP_TLS_CANNOT_RESOLVE) phase = TLSWATCH_PHASE_DNS;
  if (error == ESP_TLS_FAILED_CONNECT || error == ESP_TLS_CONNECTION_TIMEOUT) phase = TLSWATCH_PHASE_TCP;
  tlswatch_record(&recorder, TLSWATCH_STACK_ESP_TLS, phase, error, flags);
}

static void record_error(const esp_mqtt_error_codes_t* error) {
  if (error->error_type == MQTT_ERROR_TYPE_CONNECTION_REFUSED) {
    tlswatch_record(&recorder, TLSWATCH_STACK_TASMOTA, TLSWATCH_PHASE_MQTT, NO_TLS_ERROR,
                    (int32_t)error->connect_return_code);
    return;
  }
  const int flags = error->esp_tls_cert_verify_flags;
  if (error->esp_tls_stack_err != 0) {
    /* esp-tls turns mbedTLS's negative codes round. */
    const int code = error->esp_tls_stack_err;
    tlswatch_record(&recorder, TLSWATCH_STACK_MBEDTLS, TLSWATCH_PHASE_TLS, code > 0 ? -code : code, flags);
  } else if (error->esp_tls_last_esp_err != ESP_OK) {
    record_esp_tls(error->esp_tls_last_esp_err, flags);
  } else {
    tlswatch_record(&recorder, TLSWATCH_STACK_TASMOTA, TLSWATCH_PHASE_TCP, CANNOT_CONNECT,
                    error->esp_transport_sock_errno);
  }
}

static void on_event(void* context, esp_event_base_t base, int32_t id, void* data) {
  const esp_mqtt_event_handle_t event = (esp_mqtt_event_handle_t)data;
  (void)context;
  (void)base;
  switch ((esp_mqtt_event_id_t)id) {
    case MQTT_EVENT_BEFORE_CONNECT: tlswatch_attempt(&recorder); break;
    case MQTT_EVENT_ERROR: record_error(event->error_handle); break;
    case MQTT_EVENT_DISCONNECTED:
      /* Closed without an error: by a broker that says nothing. After an error, this one does not count. */
      tlswatch_record(&recorder, TLSWATCH_STACK_TASMOTA, TLSWATCH_PHASE_MQTT, NO_TLS_ERROR, MQTT_LOST);
      break;
    case MQTT_EVENT_CONNECTED:
      tlswatch_connected(&recorder);
      tlswatch_attempt(&recorder); /* should the connection break: that is one error, too */
      send_report(event->client);
      break;
    case MQTT_EVENT_PUBLISHED:
      if (event->msg_id != report_msg_id) break;
      if (tlswatch_acknowledged(&recorder, REPORT_ID, 0) != 0) send_report(event->client);
      break;
    default: break;
  }
}

void report_client_start(const char* broker_ca_pem) {
  tlswatch_begin(&recorder, tlswatch_esp32_port(), "1.4.2");
  const esp_mqtt_client_config_t config = {
      .broker.address.uri = BROKER_URI,
      .broker.verification.certificate = broker_ca_pem,
      .credentials.client_id = CLIENT_ID,
  };
  const esp_mqtt_client_handle_t client = esp_mqtt_client_init(&config);
  esp_mqtt_client_register_event(client, MQTT_EVENT_ANY, on_event, NULL);
  esp_mqtt_client_start(client);
}

void app_main(void) {
  nvs_flash_init();
  /* here: connect the network */
  report_client_start(NULL); /* here: your CA's certificate */
}
