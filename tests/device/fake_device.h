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
  // The text of the report on `image`, as a device with that image in its memory writes it.
  std::string report_of(const Image& image, std::size_t room, const char* firmware) {
    recorder_port = port();
    recorder.begin(recorder_port, firmware);
    Image sealed = image;
    sealed.crc = image_checksum(sealed);
    std::memcpy(rtc.data(), &sealed, sizeof sealed);
    return report(1, room);
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
    p.load = [](void* c, tlswatch_memory memory, void* image) { return self(c).load(memory, image); };
    p.save = [](void* c, tlswatch_memory memory, const void* image) { return self(c).save(memory, image); };
    p.random32 = [](void* c) { return self(c).next_random++; };
    p.vitals = [](void* c, tlswatch_vitals* now) { *now = {self(c).unix_s, self(c).uptime_s, self(c).heap}; };
    return p;
  }
  bool load(tlswatch_memory memory, void* image) const {
    if (memory == TLSWATCH_FLASH && !flash_present) return false;
    std::memcpy(image, memory == TLSWATCH_RTC ? rtc.data() : flash.data(), kImageBytes);
    return true;
  }
  bool save(tlswatch_memory memory, const void* image) {
    if (memory == TLSWATCH_FLASH && !flash_present) return false;
    ++(memory == TLSWATCH_RTC ? rtc_writes : flash_writes);
    return write(memory == TLSWATCH_RTC ? rtc : flash, image, kImageBytes);
  }
};

}  // namespace tlswatch::device::testing
