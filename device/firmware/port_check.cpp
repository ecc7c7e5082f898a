// The emulator's port, checked on the emulated core: what firmware and measurements rely on.
//
// port_check.json: `ticks` of the cycle counter that 2,000,000 instructions took, to be judged by who knows
// whether instructions are counted. Exit status 0 all is well, else the number of the check that failed
// (standard error names it).
#include <stdint.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "json.h"
#include "link.h"
#include "simcall.h"
#include "stack.h"
#include "storage.h"

namespace tlswatch {
namespace firmware {
namespace {

// Numbers at the edges, and between; volatile, so that nothing is computed by the compiler.
const volatile uint32_t kNumbers[] = {0,          1,          2,          3,          7,
                                      9,          10,         16,         0x7FFF,     0x8000,
                                      0xFFFF,     0x10000,    0x10001,    1000000,    0x7FFFFFFF,
                                      0x80000000, 0x80000001, 0xAAAAAAAA, 0xFFFFFFFE, 0xFFFFFFFF};

bool division() {
  for (const volatile uint32_t& dividend : kNumbers) {
    for (const volatile uint32_t& divisor : kNumbers) {
      const uint32_t n = dividend;
      const uint32_t d = divisor;
      if (d == 0) continue;
      if (n % d >= d || n / d * d + n % d != n || n / d > n) return false;
      const int32_t sn = static_cast<int32_t>(n);
      const int32_t sd = static_cast<int32_t>(d);
      if (sd == -1) continue;  // overflows for the smallest number
      const int32_t rest = sn % sd;
      if (sn / sd * sd + rest != sn || (rest != 0 && (rest < 0) != (sn < 0))) return false;
    }
  }
  return true;
}

// By shifts and additions, which need no multiplier.
uint64_t slow_product(uint64_t x, uint64_t y) {
  uint64_t sum = 0;
  for (; y != 0; y >>= 1, x <<= 1) {
    if ((y & 1) != 0) sum += x;
  }
  return sum;
}

bool product() {
  for (const volatile uint32_t& high : kNumbers) {
    for (const volatile uint32_t& low : kNumbers) {
      const uint64_t x = static_cast<uint64_t>(high) << 32 | low;
      const uint64_t y = static_cast<uint64_t>(low) << 32 | (high ^ 0x5A5A5A5Au);
      if (x * y != slow_product(x, y)) return false;
    }
  }
  return true;
}

// Every alignment and length, with a guard on both sides.
bool memory() {
  uint8_t from[48];
  uint8_t to[48];
  for (size_t i = 0; i < sizeof from; ++i) from[i] = static_cast<uint8_t>(i * 37 + 1);
  for (size_t a = 0; a < 4; ++a) {
    for (size_t b = 0; b < 4; ++b) {
      for (size_t n = 0; n <= 24; ++n) {
        memset(to, 0xEE, sizeof to);
        memcpy(to + 4 + a, from + b, n);
        if (memcmp(to + 4 + a, from + b, n) != 0 || to[3 + a] != 0xEE || to[4 + a + n] != 0xEE) return false;
        memmove(to + 4 + b, to + 4 + a, n);  // overlapping, either way
        if (memcmp(to + 4 + b, from + b, n) != 0) return false;
      }
    }
  }
  return memcmp("ab", "ac", 2) < 0 && memcmp("b", "a", 1) > 0 && strcmp("a", "ab") < 0 &&
         strcmp("a", "a") == 0 && strlen("") == 0 && strlen("four") == 4;
}

// More than a page, not on its border: QEMU would wait for more at the end of each.
bool files() {
  static uint8_t out[10000];
  static uint8_t in[10001];
  for (size_t i = 0; i < sizeof out; ++i) out[i] = static_cast<uint8_t>(i ^ i >> 8);
  return write_file("file", out, sizeof out) && read_file("file", in + 1, sizeof out) == sizeof out &&
         memcmp(in + 1, out, sizeof out) == 0 && read_file("file", in, sizeof out - 1) == 0 &&
         read_file("missing", in, sizeof in) == 0;
}

bool storage() {
  uint8_t block[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  uint8_t back[8] = {};
  if (!lx106::open_rtc() || lx106::rtc_load(lx106::kRtcImageBlock, back, 8)) return false;  // an empty file
  if (!lx106::rtc_save(lx106::kRtcImageBlock, block, 8)) return false;
  if (!lx106::rtc_load(lx106::kRtcImageBlock, back, 8) || memcmp(block, back, 8) != 0) return false;
  if (!lx106::rtc_load(lx106::kRtcImageBlock + 1, back, 4) || back[0] != 5) return false;
  if (lx106::flash_load(0, back, 8) || lx106::flash_save(0, block, 8)) return false;  // not opened
  return lx106::open_flash() && lx106::flash_save(128, block, 8) && lx106::flash_load(132, back, 4) &&
         back[0] == 5;
}

// Standard input is empty, which is readable at once: so a wait that takes its time needs another file.
bool time() {
  const uint32_t start = lx106::now_ms();
  while (lx106::now_ms() - start < 20) {
  }
  return lx106::now_ms() - start < 10000;
}

bool random() {
  uint8_t first[32] = {};
  uint8_t second[32] = {};
  return lx106::host_random(first, 32) && lx106::host_random(second, 32) && memcmp(first, second, 32) != 0;
}

__attribute__((noinline)) uint32_t use_stack() {
  uint8_t space[1024];
  memset(space, 0, sizeof space);
  asm volatile("" : : "r"(space) : "memory");
  return lx106::main_stack_used();
}

bool stack() {
  const uint32_t before = lx106::main_stack_used();
  const uint32_t after = use_stack();
  return before < 1024 && after >= 1024 && after < before + 2048 && lx106::free_memory() + after <= 80 * 1024;
}

bool count_instructions() {
  const uint32_t start = lx106::ticks();
  uint32_t left = 1000000;
  asm volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+a"(left));
  Json json;
  json.key("ticks");
  json.natural(lx106::ticks() - start);
  return json.save("port_check.json");
}

struct Check {
  const char* name;
  bool (*holds)();
};
// The stack first, before others have used it.
const Check kChecks[] = {{"stack", stack},   {"division", division}, {"product", product},
                         {"memory", memory}, {"files", files},       {"storage", storage},
                         {"time", time},     {"random", random},     {"counting", count_instructions}};

int check_all() {
  int number = 0;
  for (const Check& check : kChecks) {
    ++number;
    if (check.holds()) continue;
    lx106::sim_write(2, check.name, strlen(check.name));
    lx106::sim_write(2, " is wrong\n", 10);
    return number;
  }
  return 0;
}

}  // namespace
}  // namespace firmware
}  // namespace tlswatch

extern "C" int main() {
  tlswatch::lx106::paint_main_stack();
  return tlswatch::firmware::check_all();
}
