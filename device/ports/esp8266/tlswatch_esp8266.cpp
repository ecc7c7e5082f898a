// Compiled by src/tlswatch_arduino.cpp, as Arduino compiles src/ only.
//
// Flash is a file: LittleFS levels wear and writes a file anew or not at all. A raw sector or EEPROM would
// need 4 KB of RAM, or a place that the sketch may already use. It is off by default, because a file system
// has to be there; the sketch mounts it before begin().
#include "tlswatch_esp8266.h"

#include <Arduino.h>
#include <time.h>

#include "../../src/tlswatch_config.h"
#if TLSWATCH_FLASH_FILE
#include <LittleFS.h>
#endif

namespace {

constexpr uint32_t kUserBlocks = 128;
constexpr uint32_t kBootLoaderBlocks = 32;
static_assert(TLSWATCH_RTC_BLOCK >= kBootLoaderBlocks &&
                  TLSWATCH_RTC_BLOCK + TLSWATCH_IMAGE_BYTES / 4 <= kUserBlocks,
              "RTC user memory has 128 blocks, and an update's command to the boot loader the first 32");

#if TLSWATCH_FLASH_FILE
bool load_flash(void* image) {
  File file = LittleFS.open(TLSWATCH_FLASH_PATH, "r");
  const bool whole =
      file && file.read(static_cast<uint8_t*>(image), TLSWATCH_IMAGE_BYTES) == TLSWATCH_IMAGE_BYTES;
  if (file) file.close();
  return whole;
}
bool save_flash(const void* image) {
  File file = LittleFS.open(TLSWATCH_FLASH_PATH, "w");
  const bool whole =
      file && file.write(static_cast<const uint8_t*>(image), TLSWATCH_IMAGE_BYTES) == TLSWATCH_IMAGE_BYTES;
  if (file) file.close();
  return whole;
}
#else
bool load_flash(void*) {
  return false;
}
bool save_flash(const void*) {
  return false;
}
#endif

bool load(void*, tlswatch_memory memory, void* image) {
  if (memory == TLSWATCH_FLASH) return load_flash(image);
  return ESP.rtcUserMemoryRead(TLSWATCH_RTC_BLOCK, static_cast<uint32_t*>(image), TLSWATCH_IMAGE_BYTES);
}

bool save(void*, tlswatch_memory memory, const void* image) {
  if (memory == TLSWATCH_FLASH) return save_flash(image);
  // The core takes a pointer to what it could change, and does not.
  uint32_t* words = static_cast<uint32_t*>(const_cast<void*>(image));
  return ESP.rtcUserMemoryWrite(TLSWATCH_RTC_BLOCK, words, TLSWATCH_IMAGE_BYTES);
}

uint32_t random32(void*) {
  return ESP.random();
}

// Milliseconds end after 49 days; the core's microseconds do not.
void vitals(void*, tlswatch_vitals* now) {
  now->unix_s = static_cast<uint32_t>(time(nullptr));
  now->uptime_s = static_cast<uint32_t>(micros64() / 1000000u);
  now->free_heap = ESP.getFreeHeap();
}

const tlswatch_port kPort = {nullptr, load, save, random32, vitals};

}  // namespace

const tlswatch_port* tlswatch_esp8266_port() {
  return &kPort;
}
