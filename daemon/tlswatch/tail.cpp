#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/config/config.h"
#include "daemon/tlswatch/display.h"
#include "daemon/tlswatch/log_filter.h"
#include "daemon/tlswatch/log_follower.h"
#include "daemon/tlswatch/log_line.h"
#include "daemon/tlswatch/query.h"
#include "daemon/tlswatch/verbs.h"

/// `tlswatch tail`: the event log, live, for people.
namespace tlswatch::cli {
namespace {

constexpr int kPollMs = 200;
constexpr std::size_t kAllLines = std::numeric_limits<std::size_t>::max();

struct TailOptions {
  std::string log = "/var/log/tlswatch/events.json";
  std::string config;
  std::size_t lines = 10;
  bool no_follow = false;
  Query query;  ///< its filters; --json
};

volatile std::sig_atomic_t stop_asked = 0;
void ask_to_stop(int /*signal*/) {
  stop_asked = 1;
}

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = ask_to_stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// Waits until there may be more; false: whoever read our output is gone.
bool wait_for_more() {
  pollfd out{STDOUT_FILENO, 0, 0};
  if (poll(&out, 1, kPollMs) > 0 && (out.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return false;
  return true;
}

/// Takes log.file out of the daemon's configuration; false: it cannot be read, and the user knows why.
bool take_log_from(const std::string& config_file, std::string& log) {
  const auto config = config::load_config(config_file, {});
  if (config) {
    log = config->log.file;
    return true;
  }
  for (const config::Error& error : config.error())
    std::cerr << "tlswatch tail: " << config::to_text(error) << '\n';
  return false;
}

EventFilter filter_of(const Query& query) {
  return {.since_ns = query.filter(now_ns()).since_ns,
          .broker = query.broker,
          .cause = query.cause,
          .profile = query.profile,
          .search = query.search,
          .failing = query.only_bad};
}

int tail(TailOptions options) {
  if (!options.config.empty() && !take_log_from(options.config, options.log)) return kBadUsage;
  const EventFilter filter = filter_of(options.query);
  LogFollower log(options.log);
  // The last lines are the last ones that are wanted.
  if (!log.open_at_last(filter.wants_all() ? options.lines : kAllLines)) {
    std::cerr << "tlswatch tail: " << options.log << ": " << std::strerror(errno)
              << (options.no_follow ? "\n" : ", waiting for it\n");
    if (options.no_follow) return kBadNews;
  }
  const bool colour = screen_of_stdout().colour;
  std::uint64_t bad_lines = 0;
  const auto show = [&](std::string_view line) {
    const auto event = options.query.json ? event_for_machines(line) : event_for_people(line, colour);
    if (!event) {
      ++bad_lines;
      return;
    }
    std::cout << *event << '\n';
  };
  std::deque<std::string> last;
  log.read_new([&](std::string_view line) {
    if (!filter.wants(line)) return;
    last.emplace_back(line);
    if (!filter.wants_all() && last.size() > options.lines) last.pop_front();
  });
  for (const std::string& line : last) show(line);
  std::cout.flush();
  stop_on_signals();
  while (!options.no_follow && stop_asked == 0 && std::cout && wait_for_more()) {
    log.read_new([&](std::string_view line) {
      if (filter.wants(line)) show(line);
    });
    std::cout.flush();
  }
  bad_lines += log.dropped_lines();
  if (bad_lines != 0) std::cerr << "tlswatch tail: " << bad_lines << " lines were no events\n";
  return kFine;
}

}  // namespace

void add_tail(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("tail", "the event log, live, for people");
  const auto options = std::make_shared<TailOptions>();
  auto* const log = verb->add_option("--log", options->log, "the event log")->capture_default_str();
  verb->add_option("--config", options->config, "the daemon's configuration, which names it")->excludes(log);
  verb->add_option("--lines", options->lines, "how many of the last lines to begin with")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  verb->add_flag("--no-follow", options->no_follow, "show what is there and stop");
  verb->add_flag("--json", options->query.json, "the events as they are logged");
  add_filter_options(*verb, options->query);
  verb->add_option("--broker", options->query.broker, "this broker's alone");
  verb->add_option("--search", options->query.search, "part of the client id, or the address's beginning");
  verb->add_flag("--failing", options->query.only_bad, "failures alone");
  verb->callback([options, &exit_code] { exit_code = tail(*options); });
}

}  // namespace tlswatch::cli
