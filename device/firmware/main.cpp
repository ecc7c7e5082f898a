// One boot of the emulated device: begin, one attempt, report, end. See README.md.
//
// Exit status: 0 connected, 1 not (result.json tells why), 2 its settings are of no use (standard error
// tells).
#include <string.h>

#include "clock.h"
#include "link.h"
#include "lx106_recorder_port.h"
#include "reference.h"
#include "result.h"
#include "settings.h"
#include "simcall.h"
#include "stack.h"
#include "storage.h"

namespace tlswatch {
namespace firmware {
namespace {

enum Exit { kConnected = 0, kNotConnected = 1, kBadUsage = 2 };

int refuse(const char* why) {
  constexpr int kStandardError = 2;
  lx106::sim_write(kStandardError, why, strlen(why));
  lx106::sim_write(kStandardError, "\n", 1);
  return kBadUsage;
}

// A store is a place in a memory: its context is the offset, or the block.
uint32_t place(void* context) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(context));
}

device::Store flash_store(uint32_t offset) {
  return device::Store{
      reinterpret_cast<void*>(offset),
      [](void* context, void* bytes, size_t n) { return lx106::flash_load(place(context), bytes, n); },
      [](void* context, const void* bytes, size_t n) { return lx106::flash_save(place(context), bytes, n); }};
}

device::Store rtc_store(uint32_t block) {
  return device::Store{
      reinterpret_cast<void*>(block),
      [](void* context, void* bytes, size_t n) { return lx106::rtc_load(place(context), bytes, n); },
      [](void* context, const void* bytes, size_t n) { return lx106::rtc_save(place(context), bytes, n); }};
}

int boot() {
  static Settings settings;
  const char* wrong = read_settings(settings);
  if (wrong != nullptr) return refuse(wrong);
  if (!lx106::open_rtc()) return refuse("rtc.bin cannot be opened");
  if (settings.has_flash && !lx106::open_flash()) return refuse("flash.bin cannot be opened");

  const device::Store session = settings.session == SessionPlace::rtc
                                    ? rtc_store(lx106::kRtcSessionBlock)
                                    : flash_store(lx106::kFlashSessionOffset);
  wrong = configure(settings, flash_store(lx106::kFlashLearntOffset), session);
  if (wrong != nullptr) return refuse(wrong);

  const device::RecorderPort port = lx106::recorder_port(settings.has_flash, settings.clock_s);
  const device::Transport transport = lx106::link_transport(settings.network);
  lx106::paint_main_stack();
  recorder().begin(port, "tlswatch-" TLSWATCH_VARIANT);
  device::ReferenceDevice& device = reference_device(transport);
  const device::ReferenceOutcome outcome = device.attempt();
  if (!write_result(outcome, device.tls())) return refuse("result.json cannot be written");
  if (!outcome.connected) return kNotConnected;
  if (device.stay(settings.stay_s)) device.leave();
  return kConnected;
}

}  // namespace
}  // namespace firmware
}  // namespace tlswatch

extern "C" int main() {
  return tlswatch::firmware::boot();
}
