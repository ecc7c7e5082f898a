// The esp-mqtt example, in C, run against stand-ins: its events come from here.
#include <gtest/gtest.h>
#include <mqtt_client.h>
#include <nvs.h>

#include <cstring>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "tlswatch_esp32.h"
#include "tlswatch_image.h"

extern "C" void report_client_start(const char* broker_ca_pem);

namespace {

using namespace tlswatch::device;

struct World {
  esp_event_handler_t handler = nullptr;
  std::vector<std::string> published;
  int next_msg_id = 100;
  std::map<std::string, std::string> nvs;
  std::int64_t uptime_us = 0;
} world;

}  // namespace

extern "C" {
esp_mqtt_client_handle_t esp_mqtt_client_init(const esp_mqtt_client_config_t* config) {
  EXPECT_STREQ(config->credentials.client_id, "kitchen-7");
  return nullptr;
}
esp_err_t esp_mqtt_client_register_event(esp_mqtt_client_handle_t, esp_mqtt_event_id_t,
                                         esp_event_handler_t handler, void*) {
  world.handler = handler;
  return ESP_OK;
}
esp_err_t esp_mqtt_client_start(esp_mqtt_client_handle_t) {
  return ESP_OK;
}
int esp_mqtt_client_publish(esp_mqtt_client_handle_t, const char* topic, const char* data, int len, int qos,
                            int) {
  EXPECT_STREQ(topic, "tlswatch/report/kitchen-7");
  EXPECT_EQ(qos, 1);
  world.published.emplace_back(data, static_cast<std::size_t>(len));
  return world.next_msg_id++;
}
esp_err_t nvs_flash_init(void) {
  return ESP_OK;
}
esp_err_t nvs_open(const char* name, nvs_open_mode_t, nvs_handle_t* out) {
  EXPECT_STREQ(name, "tlswatch");
  *out = 1;
  return ESP_OK;
}
esp_err_t nvs_get_blob(nvs_handle_t, const char* key, void* out, std::size_t* n) {
  const auto found = world.nvs.find(key);
  if (found == world.nvs.end() || found->second.size() > *n) return ESP_FAIL;
  *n = found->second.copy(static_cast<char*>(out), *n);
  return ESP_OK;
}
esp_err_t nvs_set_blob(nvs_handle_t, const char* key, const void* value, std::size_t n) {
  world.nvs[key].assign(static_cast<const char*>(value), n);
  return ESP_OK;
}
esp_err_t nvs_commit(nvs_handle_t) {
  return ESP_OK;
}
void nvs_close(nvs_handle_t) {}
std::uint32_t esp_random(void) {
  static std::uint32_t value = 0xABCDEF01;
  return value++;
}
std::int64_t esp_timer_get_time(void) {
  return world.uptime_us;
}
std::uint32_t esp_get_free_heap_size(void) {
  return 200'000;
}
}

namespace {

class EspMqtt : public ::testing::Test {
 protected:
  EspMqtt() {
    world = World();
    const Image blank{};
    tlswatch_esp32_port()->save(nullptr, TLSWATCH_RTC, &blank);
    report_client_start(nullptr);
  }
  static void event(esp_mqtt_event_id_t id, int msg_id = 0, esp_mqtt_error_codes_t* error = nullptr) {
    esp_mqtt_event_t data = {id, nullptr, msg_id, error};
    world.handler(nullptr, "MQTT_EVENTS", id, &data);
  }
  static void fail(esp_mqtt_error_codes_t error) {
    event(MQTT_EVENT_BEFORE_CONNECT);
    event(MQTT_EVENT_ERROR, 0, &error);
    event(MQTT_EVENT_DISCONNECTED);
  }
  static void connect() {
    event(MQTT_EVENT_BEFORE_CONNECT);
    event(MQTT_EVENT_CONNECTED);
  }
  static Image image() {
    Image image{};
    tlswatch_esp32_port()->load(nullptr, TLSWATCH_RTC, &image);
    return image;
  }
};

const esp_mqtt_error_codes_t kUntrusted = {
    0x801A, 0x2700, 8, MQTT_ERROR_TYPE_TCP_TRANSPORT, MQTT_CONNECTION_ACCEPTED, 0};

TEST_F(EspMqtt, reports_with_qos_1_and_forgets_at_its_puback) {
  fail(kUntrusted);
  fail(kUntrusted);
  ASSERT_EQ(image().used, 1);
  connect();
  ASSERT_EQ(world.published.size(), 1u);
  EXPECT_NE(world.published[0].find(R"("s":"mbedtls","seq":1,"ph":"tls","c":-9984,"d":8,"n":2)"),
            std::string::npos)
      << world.published[0];
  event(MQTT_EVENT_PUBLISHED, 99);
  EXPECT_EQ(image().used, 1) << "somebody else's PUBACK";
  event(MQTT_EVENT_PUBLISHED, 100);
  EXPECT_EQ(image().used, 0);
}

TEST_F(EspMqtt, repeats_the_report_on_the_next_connection) {
  fail(kUntrusted);
  connect();
  event(MQTT_EVENT_DISCONNECTED);
  connect();
  ASSERT_EQ(world.published.size(), 2u);
  EXPECT_NE(world.published[1].find("\"c\":-9984,"), std::string::npos);
  event(MQTT_EVENT_PUBLISHED, 100);
  EXPECT_EQ(image().used, 2) << "the PUBACK of the first one, late";
  event(MQTT_EVENT_PUBLISHED, 101);
  EXPECT_LE(image().used, 1);
}

TEST_F(EspMqtt, remembers_over_a_power_loss) {
  fail(kUntrusted);
  Image garbage;
  std::memset(&garbage, 0xA5, sizeof garbage);
  tlswatch_esp32_port()->save(nullptr, TLSWATCH_RTC, &garbage);
  report_client_start(nullptr);
  ASSERT_EQ(image().used, 1);
  EXPECT_EQ(image_entry(image(), 0).failure.code, -0x2700);
}

struct ErrorCase {
  const char* name;
  esp_mqtt_error_codes_t error;
  Failure expected;
};
void PrintTo(const ErrorCase& row, std::ostream* out) {
  *out << row.name;
}
const ErrorCase kErrors[] = {
    {"a_server_that_is_not_trusted", kUntrusted, {Stack::mbedtls, Phase::tls, -0x2700, 8}},
    {"a_name_that_is_not_found",
     {0x8001, 0, 0, MQTT_ERROR_TYPE_TCP_TRANSPORT, MQTT_CONNECTION_ACCEPTED, 0},
     {Stack::esp_tls, Phase::dns, 0x8001, 0}},
    {"a_port_that_is_closed",
     {0x8004, 0, 0, MQTT_ERROR_TYPE_TCP_TRANSPORT, MQTT_CONNECTION_ACCEPTED, 111},
     {Stack::esp_tls, Phase::tcp, 0x8004, 0}},
    {"a_socket_error_alone",
     {0, 0, 0, MQTT_ERROR_TYPE_TCP_TRANSPORT, MQTT_CONNECTION_ACCEPTED, 113},
     {Stack::tasmota, Phase::tcp, -1002, 113}},
    {"a_broker_that_refuses",
     {0, 0, 0, MQTT_ERROR_TYPE_CONNECTION_REFUSED, MQTT_CONNECTION_REFUSE_NOT_AUTHORIZED, 0},
     {Stack::tasmota, Phase::mqtt, 0, 5}},
};
class EspMqttError : public EspMqtt, public ::testing::WithParamInterface<ErrorCase> {};
TEST_P(EspMqttError, is_recorded_so_and_once) {
  fail(GetParam().error);
  ASSERT_EQ(image().used, 1);
  const Failure found = image_entry(image(), 0).failure;
  EXPECT_EQ(found.stack, GetParam().expected.stack);
  EXPECT_EQ(found.phase, GetParam().expected.phase);
  EXPECT_EQ(found.code, GetParam().expected.code);
  EXPECT_EQ(found.detail, GetParam().expected.detail);
}
INSTANTIATE_TEST_SUITE_P(esp_mqtt, EspMqttError, ::testing::ValuesIn(kErrors),
                         [](const auto& row) { return row.param.name; });

}  // namespace
