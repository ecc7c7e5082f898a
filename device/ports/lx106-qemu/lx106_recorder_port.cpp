#include "lx106_recorder_port.h"

#include "clock.h"
#include "link.h"
#include "stack.h"
#include "storage.h"

namespace tlswatch {
namespace lx106 {
namespace {

uint32_t clock_at_start_s;
bool flash_present;

bool load(void*, tlswatch_memory memory, void* image) {
  if (memory == TLSWATCH_RTC) return rtc_load(kRtcImageBlock, image, device::kImageBytes);
  return flash_present && flash_load(kFlashImageOffset, image, device::kImageBytes);
}

bool save(void*, tlswatch_memory memory, const void* image) {
  if (memory == TLSWATCH_RTC) return rtc_save(kRtcImageBlock, image, device::kImageBytes);
  return flash_present && flash_save(kFlashImageOffset, image, device::kImageBytes);
}

uint32_t random32(void*) {
  uint32_t value = 0;
  host_random(&value, sizeof value);
  return value;
}

void vitals(void*, tlswatch_vitals* now) {
  now->uptime_s = now_ms() / 1000;
  now->unix_s = clock_at_start_s == 0 ? 0 : clock_at_start_s + now->uptime_s;
  now->free_heap = free_memory();
}

}  // namespace

device::RecorderPort recorder_port(bool has_flash, uint32_t clock_s) {
  clock_at_start_s = clock_s;
  flash_present = has_flash;
  now_ms();
  return {nullptr, load, save, random32, vitals};
}

}  // namespace lx106
}  // namespace tlswatch
