#include "device_memory.h"

#include <algorithm>
#include <cstring>

namespace tlswatch::fleet_sim {

DeviceMemory::DeviceMemory(const char* firmware, Random& random, std::int64_t clock_offset_s, bool clock_set,
                           std::int64_t booted_unix_s)
    : firmware_(firmware),
      random_(random),
      clock_offset_s_(clock_offset_s),
      clock_set_(clock_set),
      booted_unix_s_(booted_unix_s),
      now_unix_s_(booted_unix_s),
      port_{this, load, save, random32, vitals} {
  recorder_.begin(port_, firmware_);
}

void DeviceMemory::reset() {
  booted_unix_s_ = now_unix_s_;
  recorder_.begin(port_, firmware_);
}

void DeviceMemory::cut_power() {
  // What RTC memory holds when power comes back is whatever it comes up with.
  for (std::uint8_t& byte : memories_[TLSWATCH_RTC]) byte = static_cast<std::uint8_t>(random_.bits());
  reset();
}

std::string_view DeviceMemory::report(std::size_t topic_bytes, std::uint16_t packet) {
  if (topic_bytes >= device::kReportMax) return {};
  return {text_, recorder_.format_report(text_, device::kReportMax - topic_bytes, packet)};
}

bool DeviceMemory::load(void* context, tlswatch_memory memory, void* image) {
  std::memcpy(image, self(context).memories_[memory], TLSWATCH_IMAGE_BYTES);
  return true;
}

bool DeviceMemory::save(void* context, tlswatch_memory memory, const void* image) {
  std::memcpy(self(context).memories_[memory], image, TLSWATCH_IMAGE_BYTES);
  return true;
}

std::uint32_t DeviceMemory::random32(void* context) {
  return static_cast<std::uint32_t>(self(context).random_.bits());
}

void DeviceMemory::vitals(void* context, tlswatch_vitals* now) {
  const DeviceMemory& device = self(context);
  const auto uptime =
      static_cast<std::uint32_t>(std::max<std::int64_t>(device.now_unix_s_ - device.booted_unix_s_, 0));
  now->uptime_s = uptime;
  // A clock that nobody has set counts from 1970.
  now->unix_s =
      device.clock_set_ ? static_cast<std::uint32_t>(device.now_unix_s_ + device.clock_offset_s_) : uptime;
  now->free_heap = 9120;
}

}  // namespace tlswatch::fleet_sim
