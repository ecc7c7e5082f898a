// A device under test: how one boot of it is started. Each runner is one source file with these functions,
// and a test program of its own: runner_host.cpp, runner_lx106.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "process.h"

namespace tlswatch::device_scenarios {

/// A single-cipher build of the reference client.
enum class Build { rsa, rsa_512, ecdhe_rsa, ecdhe_ecdsa, aws_iot };

/// What the device is set to.
struct Setting {
  Build build = Build::rsa;
  std::vector<std::string> fingerprints = {};  ///< 40 hex digits, "learn" or "any"; at most two
  std::string cafile = {};                     ///< instead of fingerprints
  std::string certificate = {};                ///< its own, PEM, with an EC P-256 key: Build::aws_iot
  std::string key = {};
  bool resume = false;
};

/// One boot of the device that lives in `folder`. The same files there under every runner:
///   rtc.bin      memory that survives a reset; may be missing, which is blank memory
///   flash.bin    memory that survives a power loss, where has_flash
///   result.json  what the device says, a line of JSON
///   notes        what it and its emulator say besides
struct Boot {
  std::filesystem::path folder;
  std::string id;
  bool has_flash;
  Setting setting;
  std::uint16_t port;
};

/// The command that makes the boot, its clock set: it ends when the device has done, with status 0 where it
/// was connected, else 1.
harness::Command boot_command(const Boot& boot);

/// Where in the RTC file the recorder's image begins, and how large that file is.
std::size_t image_offset();
std::size_t rtc_bytes();

}  // namespace tlswatch::device_scenarios
