// Where the programs under test, and the things they need, are. Built by CMake, handed in as definitions.
#pragma once

#include <filesystem>
#include <string>

namespace tlswatch::harness {

/// The plugin, the daemon, the operator's command and the device tool of this build.
/// Throws Error where this build has no such target: a test without its subject must not pass.
std::filesystem::path plugin_library();
std::filesystem::path daemon_program();
std::filesystem::path command_program();
std::filesystem::path device_program();

/// The broker: $TLSWATCH_TEST_BROKER, else mosquitto from PATH or /usr/sbin.
std::string broker_program();

/// Root of the sources, and a folder of the build in which tests may keep what is dear to make.
std::filesystem::path source_folder();
std::filesystem::path cache_folder();

}  // namespace tlswatch::harness
