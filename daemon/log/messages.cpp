#include "daemon/log/messages.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace tlswatch::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) noexcept {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::logger& logger() {
  static const std::unique_ptr<spdlog::logger> kLogger = [] {
    auto made =
        std::make_unique<spdlog::logger>("tlswatchd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z tlswatchd %l: %v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *kLogger;
}

}  // namespace

void set_level(Level level) noexcept {
  logger().set_level(to_spdlog(level));
}

void say(Level level, std::string_view text) noexcept {
  try {
    logger().log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
  } catch (...) {  // spdlog's sinks may throw; there is nowhere left to say so
  }
}

}  // namespace tlswatch::log
