#include "paths.h"

#include <cstdlib>

#include "error.h"

namespace tlswatch::harness {
namespace {

std::filesystem::path built(const char* target, const char* path) {
  if (*path == '\0') throw Error(std::string("this build has no target ") + target);
  return path;
}

}  // namespace

std::filesystem::path plugin_library() {
  return built("mosquitto_tlswatch", TLSWATCH_PLUGIN_FILE);
}
std::filesystem::path daemon_program() {
  return built("tlswatchd", TLSWATCH_DAEMON_FILE);
}
std::filesystem::path command_program() {
  return built("tlswatch", TLSWATCH_COMMAND_FILE);
}
std::filesystem::path device_program() {
  return built("tlswatch-device", TLSWATCH_DEVICE_FILE);
}

std::string broker_program() {
  if (const char* chosen = std::getenv("TLSWATCH_TEST_BROKER")) return chosen;
  return std::filesystem::exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
}

std::filesystem::path source_folder() {
  return TLSWATCH_SOURCE_FOLDER;
}
std::filesystem::path cache_folder() {
  return TLSWATCH_CACHE_FOLDER;
}

}  // namespace tlswatch::harness
