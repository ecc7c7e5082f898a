#include "clock.h"

namespace tlswatch {
namespace lx106 {

uint32_t ticks() {
  uint32_t count;
  asm volatile("rsr %0, ccount" : "=a"(count));
  return count;
}

uint32_t now_ms() {
  static bool started = false;
  static uint32_t last;
  static uint32_t ms;
  const uint32_t now = ticks();
  if (!started) last = now;
  started = true;
  const uint32_t passed = (now - last) / kTicksPerMs;
  last += passed * kTicksPerMs;
  ms += passed;
  return ms;
}

}  // namespace lx106
}  // namespace tlswatch
