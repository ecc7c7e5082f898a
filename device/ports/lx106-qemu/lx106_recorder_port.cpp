#include "lx106_recorder_port.h"

#include "clock.h"
#include "link.h"
#include "stack.h"
#include "storage.h"

namespace tlswatch {
namespace lx106 {
namespace {

uint32_t clock_at_start_s;

bool load_rtc(void*, void* bytes, size_t n) {
  return rtc_load(kRtcImageBlock, bytes, n);
}

bool save_rtc(void*, const void* bytes, size_t n) {
  return rtc_save(kRtcImageBlock, bytes, n);
}

bool load_flash(void*, void* bytes, size_t n) {
  return flash_load(kFlashImageOffset, bytes, n);
}

bool save_flash(void*, const void* bytes, size_t n) {
  return flash_save(kFlashImageOffset, bytes, n);
}

uint32_t random32(void*) {
  uint32_t value = 0;
  host_random(&value, sizeof value);
  return value;
}

uint32_t uptime_s(void*) {
  return now_ms() / 1000;
}

uint32_t unix_time_s(void*) {
  return clock_at_start_s == 0 ? 0 : clock_at_start_s + uptime_s(nullptr);
}

uint32_t free_heap(void*) {
  return free_memory();
}

}  // namespace

device::RecorderPort recorder_port(bool has_flash, uint32_t clock_s) {
  clock_at_start_s = clock_s;
  now_ms();
  device::RecorderPort port = {};
  port.rtc_load = load_rtc;
  port.rtc_save = save_rtc;
  if (has_flash) {
    port.flash_load = load_flash;
    port.flash_save = save_flash;
  }
  port.random32 = random32;
  port.unix_time_s = unix_time_s;
  port.uptime_s = uptime_s;
  port.free_heap = free_heap;
  return port;
}

}  // namespace lx106
}  // namespace tlswatch
