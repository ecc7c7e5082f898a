// Stand-in: see ../README.md.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "world.h"

#define PSTR(text) (text)
#define snprintf_P snprintf
#define RISING 1

inline unsigned long millis() {
  return standins::world().ms;
}
inline std::uint64_t micros64() {
  return std::uint64_t{standins::world().ms} * 1000u;
}
inline void configTime(int, int, const char*) {}

class EspClass {
 public:
  bool rtcUserMemoryRead(std::uint32_t offset, std::uint32_t* data, std::size_t size) {
    if (offset * 4 + size > 512 || size == 0) return false;
    std::memcpy(data, standins::world().rtc.data() + offset, size);
    return true;
  }
  bool rtcUserMemoryWrite(std::uint32_t offset, std::uint32_t* data, std::size_t size) {
    if (offset * 4 + size > 512 || size == 0) return false;
    std::memcpy(standins::world().rtc.data() + offset, data, size);
    return true;
  }
  std::uint32_t random() const { return standins::world().next_random++; }
  std::uint32_t getFreeHeap() { return 9120; }
};
inline EspClass ESP;

// The port asks the C library; the test's clock answers.
inline std::time_t standin_time(std::time_t*) {
  return standins::world().unix_s;
}
#define time standin_time
