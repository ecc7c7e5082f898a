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

bool HostRecorderPort::load_rtc(void* bytes, std::size_t n) {
  if (rtc_.is_open()) return rtc_.load(kImageOffset, bytes, n);
  if (n > memory_.size()) return false;
  std::memcpy(bytes, memory_.data(), n);
  return true;
}

bool HostRecorderPort::save_rtc(const void* bytes, std::size_t n) {
  if (rtc_.is_open()) return rtc_.save(kImageOffset, bytes, n);
  if (n > memory_.size()) return false;
  std::memcpy(memory_.data(), bytes, n);
  return true;
}

RecorderPort HostRecorderPort::port() {
  RecorderPort port = {};
  port.context = this;
  port.rtc_load = [](void* context, void* bytes, std::size_t n) { return self(context).load_rtc(bytes, n); };
  port.rtc_save = [](void* context, const void* bytes, std::size_t n) {
    return self(context).save_rtc(bytes, n);
  };
  if (flash_.is_open()) {
    port.flash_load = [](void* context, void* bytes, std::size_t n) {
      return self(context).flash_.load(kImageOffset, bytes, n);
    };
    port.flash_save = [](void* context, const void* bytes, std::size_t n) {
      return self(context).flash_.save(kImageOffset, bytes, n);
    };
  }
  port.random32 = [](void*) {
    std::uint32_t value = 0;
    kernel_random(&value, sizeof value);
    return value;
  };
  port.unix_time_s = [](void* context) { return self(context).clock_.unix_s(); };
  port.uptime_s = [](void* context) { return self(context).clock_.uptime_s(); };
  port.free_heap = [](void*) { return free_memory(); };
  return port;
}

}  // namespace tlswatch::device::host
