// A device whose memories, clock and dice are in the test's hands.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <string>

#include "tlswatch_recorder.h"

namespace tlswatch::device::testing {

struct FakeDevice {
  std::array<unsigned char, kImageBytes> rtc{};
  std::array<unsigned char, kImageBytes> flash{};
  bool flash_present = true;
  int rtc_writes = 0;
  int flash_writes = 0;
  /// What may still be written to both memories; then the power is off, and nothing more gets there.
  std::size_t power_bytes = SIZE_MAX;
  /// Called before each write, with the memory that it goes to.
  std::function<void(const std::array<unsigned char, kImageBytes>&)> before_write = [](const auto&) {};
  std::uint32_t unix_s = 1'795'366'544;
  std::uint32_t uptime_s = 0;
  std::uint32_t heap = 9120;
  std::uint32_t next_random = 0xABCDEF01;
  RecorderPort recorder_port{};
  Recorder recorder;

  // Starts the firmware: what a reset does. The clock goes on, the uptime does not.
  void boot() {
    uptime_s = 0;
    recorder_port = port();
    recorder.begin(recorder_port, "14.2");
  }
  void power_loss() {
    rtc.fill(0xA5);
    boot();
  }
  // One failed connection attempt.
  void fail(std::int32_t code, Stack stack = Stack::bearssl, Phase phase = Phase::tls,
            std::int32_t detail = 0) {
    recorder.attempt();
    recorder.record(stack, phase, code, detail);
  }
  void pass(std::uint32_t seconds) {
    if (unix_s != 0) unix_s += seconds;
    uptime_s += seconds;
  }
  std::string report(std::uint16_t packet = 1, std::size_t room = kReportMax) {
    std::string text(room, '#');
    text.resize(recorder.format_report(text.data(), room, packet));
    return text;
  }
  Entry entry(std::size_t i) const { return image_entry(recorder.image(), i); }

 private:
  static FakeDevice& self(void* context) { return *static_cast<FakeDevice*>(context); }
  bool write(std::array<unsigned char, kImageBytes>& memory, const void* bytes, std::size_t n) {
    before_write(memory);
    const std::size_t some = std::min(n, power_bytes);
    std::memcpy(memory.data(), bytes, some);
    if (power_bytes != SIZE_MAX) power_bytes -= some;
    return true;
  }
  RecorderPort port() {
    RecorderPort p{};
    p.context = this;
    p.rtc_load = [](void* c, void* bytes, size_t n) {
      std::memcpy(bytes, self(c).rtc.data(), n);
      return true;
    };
    p.rtc_save = [](void* c, const void* bytes, size_t n) {
      ++self(c).rtc_writes;
      return self(c).write(self(c).rtc, bytes, n);
    };
    if (flash_present) {
      p.flash_load = [](void* c, void* bytes, size_t n) {
        std::memcpy(bytes, self(c).flash.data(), n);
        return true;
      };
      p.flash_save = [](void* c, const void* bytes, size_t n) {
        ++self(c).flash_writes;
        return self(c).write(self(c).flash, bytes, n);
      };
    }
    p.random32 = [](void* c) { return self(c).next_random++; };
    p.unix_time_s = [](void* c) { return self(c).unix_s; };
    p.uptime_s = [](void* c) { return self(c).uptime_s; };
    p.free_heap = [](void* c) { return self(c).heap; };
    return p;
  }
};

}  // namespace tlswatch::device::testing
