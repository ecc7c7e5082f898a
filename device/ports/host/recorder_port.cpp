#include "recorder_port.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "socket_transport.h"

namespace tlswatch::device::host {
namespace {

HostRecorderPort& self(void* context) {
  return *static_cast<HostRecorderPort*>(context);
}

std::uint64_t steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::uint32_t free_memory() {
  const long pages = ::sysconf(_SC_AVPHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return 0;
  const std::uint64_t bytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, UINT32_MAX));
}

}  // namespace

DeviceClock::DeviceClock(std::optional<std::uint32_t> start_s)
    : start_s_(start_s), started_ms_(steady_ms()) {}

std::uint32_t DeviceClock::uptime_s() const {
  return static_cast<std::uint32_t>((steady_ms() - started_ms_) / 1000);
}

std::uint32_t DeviceClock::unix_s() const {
  return start_s_ ? *start_s_ + uptime_s() : 0;
}

HostRecorderPort::HostRecorderPort(const DeviceClock& clock, const FileStore& rtc, const FileStore& flash)
    : clock_(clock), rtc_(rtc), flash_(flash) {}

bool HostRecorderPort::load(tlswatch_memory memory, void* image) {
  if (memory == TLSWATCH_FLASH) return flash_.load(kImageOffset, image, kImageBytes);
  if (rtc_.is_open()) return rtc_.load(kImageOffset, image, kImageBytes);
  std::memcpy(image, memory_.data(), kImageBytes);
  return true;
}

bool HostRecorderPort::save(tlswatch_memory memory, const void* image) {
  if (memory == TLSWATCH_FLASH) return flash_.save(kImageOffset, image, kImageBytes);
  if (rtc_.is_open()) return rtc_.save(kImageOffset, image, kImageBytes);
  std::memcpy(memory_.data(), image, kImageBytes);
  return true;
}

RecorderPort HostRecorderPort::port() {
  RecorderPort port = {};
  port.context = this;
  port.load = [](void* context, tlswatch_memory memory, void* image) {
    return self(context).load(memory, image);
  };
  port.save = [](void* context, tlswatch_memory memory, const void* image) {
    return self(context).save(memory, image);
  };
  port.random32 = [](void*) {
    std::uint32_t value = 0;
    kernel_random(&value, sizeof value);
    return value;
  };
  port.vitals = [](void* context, tlswatch_vitals* now) {
    *now = {self(context).clock_.unix_s(), self(context).clock_.uptime_s(), free_memory()};
  };
  return port;
}

}  // namespace tlswatch::device::host
