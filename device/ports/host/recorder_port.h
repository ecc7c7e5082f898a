// The recorder's port on a host: files for its memories, a clock that can be set at will.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "file_store.h"
#include "tlswatch_recorder.h"

namespace tlswatch::device::host {

/// The clock of --clock: not set, or a Unix time at the start of the process that goes on from there.
class DeviceClock {
 public:
  /// start_s: Unix time now, or nothing while the clock is not set.
  explicit DeviceClock(std::optional<std::uint32_t> start_s);
  /// Seconds since 1970; 0 while the clock is not set.
  std::uint32_t unix_s() const;
  std::uint32_t uptime_s() const;

 private:
  std::optional<std::uint32_t> start_s_;
  std::uint64_t started_ms_;
};

class HostRecorderPort {
 public:
  /// rtc, flash: open, or not: without a file for RTC it lives as long as the process, without one for flash
  /// there is none. All must outlive the port.
  HostRecorderPort(const DeviceClock& clock, const FileStore& rtc, const FileStore& flash);
  /// Valid while this lives. Open the files first: a flash that is not open then is one that is not there.
  RecorderPort port();

 private:
  bool load(tlswatch_memory memory, void* image);
  bool save(tlswatch_memory memory, const void* image);

  const DeviceClock& clock_;
  const FileStore& rtc_;
  const FileStore& flash_;
  std::array<unsigned char, kImageBytes> memory_{};
};

}  // namespace tlswatch::device::host
