#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include "daemon/config/shipped.h"
#include "daemon/log/messages.h"
#include "daemon/tlswatchd/daemon.h"
#include "daemon/tlswatchd/signals.h"

namespace tlswatch::tlswatchd {
namespace {

using log::Level;

constexpr int kClean = 0;
constexpr int kTrouble = 1;
constexpr int kBadUsage = 2;

/// The wait after a turn that found nothing. Not shorter under load: what one wake-up costs is then shared by
/// the events of a whole wait, and no person sees the difference.
constexpr std::chrono::milliseconds kWait{50};

/// Tells the service manager that the loop turns, twice in its period.
class Watchdog {
 public:
  Watchdog() {
    std::uint64_t period_us = 0;
    if (sd_watchdog_enabled(0, &period_us) > 0) half_ = std::chrono::microseconds(period_us / 2);
  }
  void turn() {
    const auto now = std::chrono::steady_clock::now();
    if (half_.count() == 0 || now < next_) return;
    next_ = now + half_;
    sd_notify(0, "WATCHDOG=1");
  }

 private:
  std::chrono::microseconds half_{0};
  std::chrono::steady_clock::time_point next_{};
};

int run(Settings settings) {
  const Signals signals;
  Daemon daemon(std::move(settings));
  if (auto trouble = daemon.start()) {
    log::say(Level::error, *trouble);
    return kTrouble;
  }
  daemon.turn();
  sd_notify(0, "READY=1\nSTATUS=following the rings");
  Watchdog watchdog;
  while (true) {
    watchdog.turn();
    const bool worked = daemon.turn();
    const Signals::Kind signal = signals.wait(worked ? std::chrono::milliseconds(0) : kWait);
    if (signal == Signals::Kind::stop) break;
    if (signal != Signals::Kind::reload) continue;
    sd_notify(0, "RELOADING=1");
    daemon.reload();
    sd_notify(0, "READY=1");
  }
  sd_notify(0, "STOPPING=1");
  daemon.drain();
  log::say(Level::info, "stopped");
  return kClean;
}

log::Level message_level(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::debug: return Level::debug;
    case config::LogLevel::info: return Level::info;
    case config::LogLevel::warning: return Level::warning;
    case config::LogLevel::error: return Level::error;
  }
  return Level::info;
}

int main_checked(int argc, char** argv) {
  CLI::App app(
      "tlswatchd reads what the Mosquitto plugin saw of every TLS session and logs what happened to each.",
      "tlswatchd");
  std::string file;
  bool check = false;
  app.add_option("--config", file, "configuration file")->required()->type_name("FILE");
  app.add_flag("--check-config", check, "read the configuration, say what is wrong, and end");
  app.set_version_flag("--version", "tlswatchd " TLSWATCH_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kClean : kBadUsage;
  }
  auto settings = load_settings(file, config::shipped_files());
  if (!settings) {
    for (const config::Error& error : settings.error())
      std::fprintf(stderr, "%s\n", config::to_text(error).c_str());
    return kBadUsage;
  }
  if (check) {
    std::printf("%s: good\n", file.c_str());
    return kClean;
  }
  log::set_level(message_level(settings->config.log.level));
  return run(std::move(*settings));
}

}  // namespace
}  // namespace tlswatch::tlswatchd

int main(int argc, char** argv) {
  try {
    return tlswatch::tlswatchd::main_checked(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "tlswatchd: %s\n", e.what());
    return 1;
  }
}
