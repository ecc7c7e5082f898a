#pragma once

#include <cstdint>
#include <string_view>

#include "device/src/tlswatch_recorder.h"
#include "random.h"

namespace tlswatch::fleet_sim {

/// DeviceMemory: the real recorder of a device, over memory, clock and chance of the simulation's.
class DeviceMemory {
 public:
  /// firmware        must outlive this
  /// clock_offset_s  how far the device's clock is ahead; nothing knows it but the device's `t`
  DeviceMemory(const char* firmware, Random& random, std::int64_t clock_offset_s, bool clock_set,
               std::int64_t booted_unix_s);
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  /// What time it is; before each of the calls below.
  DeviceMemory& at(std::int64_t unix_s) {
    now_unix_s_ = unix_s;
    return *this;
  }
  void reset();
  void cut_power();
  void attempt() { recorder_.attempt(); }
  void failed(const device::Failure& failure) { recorder_.record(failure); }
  void connected() { recorder_.connected(); }
  bool pending() const { return recorder_.pending() != 0; }
  /// The next report, published as `packet`; empty: there is none. Valid until the next call.
  std::string_view report(std::size_t topic_bytes, std::uint16_t packet);
  void acknowledged(std::uint16_t packet) { recorder_.acknowledged(packet); }

 private:
  static DeviceMemory& self(void* context) { return *static_cast<DeviceMemory*>(context); }
  static bool load(void* context, tlswatch_memory memory, void* image);
  static bool save(void* context, tlswatch_memory memory, const void* image);
  static std::uint32_t random32(void* context);
  static void vitals(void* context, tlswatch_vitals* now);

  const char* firmware_;
  Random& random_;
  std::int64_t clock_offset_s_;
  bool clock_set_;
  std::int64_t booted_unix_s_;
  std::int64_t now_unix_s_;
  alignas(8) std::uint8_t memories_[2][TLSWATCH_IMAGE_BYTES] = {};
  char text_[device::kReportMax] = {};
  device::RecorderPort port_;
  device::Recorder recorder_{};
};

}  // namespace tlswatch::fleet_sim
