#include "daemon.h"

#include <gtest/gtest.h>

#include <csignal>

#include "error.h"
#include "paths.h"
#include "sanitizer.h"

namespace tlswatch::harness {
namespace {

std::string configuration(const DaemonConfig& config) {
  std::string text = "brokers:\n";
  for (const RingSource& source : config.brokers) {
    text += "  - {name: " + source.broker + ", ring: " + source.ring.string() +
            ", cursor: " + source.cursor.string() + "}\n";
  }
  text += "log: {file: " + (config.folder / "events.json").string() +
          ", console: \"off\", level: " + config.level + "}\n";
  text += "store: " + (config.store.empty() ? config.folder / "state.db" : config.store).string() + "\n";
  return text + config.further;
}

}  // namespace

void make_state_folder(const TempDir& folder, std::optional<User> user) {
  const User owner = user.value_or(self());
  if (!std::filesystem::exists(folder / "state")) folder.make("state", owner.uid, owner.gid);
}

Daemon::Daemon(const TempDir& folder, DaemonConfig config)
    : messages_(folder / "tlswatchd.log"), notify_(folder / "notify") {
  make_state_folder(folder, config.user);
  if (config.folder.empty()) config.folder = folder / "state";
  events_ = config.folder / "events.json";
  write_file(folder / "tlswatch.yaml", configuration(config));
  process_ = std::make_unique<Process>(
      Command{.argv = {daemon_program(), "--config", folder / "tlswatch.yaml"},
              .environment = {{"NOTIFY_SOCKET", (folder / "notify").string()},
                              {"UBSAN_OPTIONS", "halt_on_error=1"},
                              {"ASAN_OPTIONS", config.measured ? "quarantine_size_mb=0" : ""}},
              .output = messages_,
              .errors = messages_,
              .user = config.user,
              .file_size_limit = config.file_size_limit});
  if (!wait_until([this] { return notify_.ready() || !alive(); }) || !notify_.ready()) {
    throw Error("tlswatchd does not get ready; it says:\n" + messages());
  }
}

void Daemon::stop() {
  process_->signal(SIGTERM);
  const std::optional<int> status = process_->wait();
  EXPECT_TRUE(status.has_value()) << "tlswatchd does not end on SIGTERM";
  const std::string said = messages();
  EXPECT_EQ(status.value_or(0), 0) << "tlswatchd ended badly; it said:\n" << said;
  EXPECT_EQ(sanitizer_report(said), "");
}

void Daemon::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

}  // namespace tlswatch::harness
