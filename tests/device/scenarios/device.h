// One device of a scenario, over all its boots.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "files.h"
#include "memory.h"
#include "process.h"
#include "runner.h"

namespace tlswatch::device_scenarios {

class Device {
 public:
  /// Lives in the folder `id` inside `folder`, and its memories are blank. has_flash: whether there is one
  /// besides RTC memory.
  Device(const harness::TempDir& folder, std::string id, bool has_flash = true);

  const std::string& id() const { return id_; }

  /// Boots, makes its one connection attempt, and waits for its end.
  /// returns  what it says, in one line: "connected, mfln 1024, resumed, reported 2" or
  ///          "not connected, code 62, mfln 1024"; fails the test where the process ends otherwise than the
  ///          answer says (its status), or a sanitizer has complained
  std::string boot(const Setting& setting, std::uint16_t port);

  /// The same, with power for so many bytes that are written to RTC memory: where it would write more, it is
  /// ended in the midst of that write (power_switch.cpp).
  /// returns  "cut" where that has happened
  std::string boot_until_rtc_bytes(const Setting& setting, std::uint16_t port, std::size_t bytes);

  /// Boots, and returns at once; to be followed by cut_power(): SIGKILL to the device, of which nothing runs
  /// any more afterwards. Throws harness::Error where it has come to its end before.
  void start(const Setting& setting, std::uint16_t port,
             const std::map<std::string, std::string>& environment = {});
  void cut_power();

  /// Takes away what does not survive a power loss.
  void lose_rtc();

  std::filesystem::path rtc() const { return folder_ / "rtc.bin"; }
  std::filesystem::path flash() const { return folder_ / "flash.bin"; }
  device::Image image() const { return read_image(rtc(), image_offset()); }
  /// What it remembers, as describe().
  std::string memory(EraNames& eras) const { return describe(image(), eras); }
  std::string notes() const { return harness::read_file(folder_ / "notes"); }

 private:
  std::string finish();

  std::string id_;
  std::filesystem::path folder_;
  bool has_flash_;
  std::unique_ptr<harness::Process> process_;
};

}  // namespace tlswatch::device_scenarios
