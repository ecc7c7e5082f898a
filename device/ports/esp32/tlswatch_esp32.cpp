#include "tlswatch_esp32.h"

#include <esp_attr.h>
#include <esp_system.h>
#include <esp_timer.h>
#include <nvs.h>
#include <string.h>
#include <time.h>
#if __has_include(<esp_random.h>)
#include <esp_random.h>  // ESP-IDF 5 and later; before it was in esp_system.h
#endif

#include "../../src/tlswatch_config.h"

namespace {

constexpr char kNamespace[] = TLSWATCH_NVS_NAMESPACE;
constexpr char kKey[] = "image";
static_assert(sizeof kNamespace <= 16, "NVS names have at most 15 characters");

// Survives a reset and deep sleep; anything at all after a power loss, which the image's checksum finds out.
RTC_NOINIT_ATTR uint32_t rtc[TLSWATCH_IMAGE_BYTES / 4];

bool load_flash(void* image) {
  nvs_handle_t nvs;
  if (sizeof kNamespace == 1 || nvs_open(kNamespace, NVS_READONLY, &nvs) != ESP_OK) return false;
  size_t n = TLSWATCH_IMAGE_BYTES;
  const bool whole = nvs_get_blob(nvs, kKey, image, &n) == ESP_OK && n == TLSWATCH_IMAGE_BYTES;
  nvs_close(nvs);
  return whole;
}

bool save_flash(const void* image) {
  nvs_handle_t nvs;
  if (sizeof kNamespace == 1 || nvs_open(kNamespace, NVS_READWRITE, &nvs) != ESP_OK) return false;
  const bool whole =
      nvs_set_blob(nvs, kKey, image, TLSWATCH_IMAGE_BYTES) == ESP_OK && nvs_commit(nvs) == ESP_OK;
  nvs_close(nvs);
  return whole;
}

bool load(void*, tlswatch_memory memory, void* image) {
  if (memory == TLSWATCH_FLASH) return load_flash(image);
  memcpy(image, rtc, sizeof rtc);
  return true;
}

bool save(void*, tlswatch_memory memory, const void* image) {
  if (memory == TLSWATCH_FLASH) return save_flash(image);
  memcpy(rtc, image, sizeof rtc);
  return true;
}

uint32_t random32(void*) {
  return esp_random();
}

void vitals(void*, tlswatch_vitals* now) {
  now->unix_s = static_cast<uint32_t>(time(nullptr));
  now->uptime_s = static_cast<uint32_t>(esp_timer_get_time() / 1000000);
  now->free_heap = esp_get_free_heap_size();
}

const tlswatch_port kPort = {nullptr, load, save, random32, vitals};

}  // namespace

extern "C" const tlswatch_port* tlswatch_esp32_port(void) {
  return &kPort;
}
