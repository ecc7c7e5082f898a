#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/store/memory.h"
#include "daemon/store/writer.h"

namespace tlswatch::store {

/// Store is the daemon's history: a Writer that mends itself. Nothing that happens to its file stops the
/// daemon: what cannot be written waits (limits.h), a damaged file is put aside and a new one begun, and what
/// happened is told once, by take_messages().
class Store {
 public:
  struct Settings {
    std::string file;
    Retention retention;
    std::chrono::milliseconds retry = std::chrono::seconds(1);
    std::size_t max_waiting = kMaxWaiting;  ///< events in memory while they cannot be written
  };
  explicit Store(Settings settings) : settings_(std::move(settings)), writer_(settings_.max_waiting) {}

  /// Opens the file. Returns what the daemon must not start with: another daemon has it.
  std::optional<std::string> start(std::uint64_t now_unix_ns);

  /// What the file knows of the fleet; for core/fleet and core/incident after a start.
  void recall(const Recall& recall) { writer_.recall(recall); }

  void add(const event::Event& event, std::string_view line) {
    if (!off_) writer_.add(event, line);
  }
  bool holds(std::string_view stream, std::uint64_t epoch, std::uint64_t sequence, std::uint64_t part) const {
    return off_ || writer_.holds(stream, epoch, sequence, part);
  }

  /// Writes what was added, and removes a little of what is too old. Called once a turn of the daemon's loop,
  /// when all that was added is in the event log.
  void turn(incident::Changes changes, std::uint64_t now_unix_ns);

  /// Whether the file was begun anew since the last call: it needs all incidents.
  bool take_begun_anew() noexcept { return std::exchange(begun_anew_, false); }

  struct Message {
    bool error = false;
    std::string text;
  };
  std::vector<Message> take_messages() { return std::exchange(messages_, {}); }

  bool well() const noexcept { return !off_ && said_.empty(); }
  const Writer& writer() const noexcept { return writer_; }

 private:
  void open(std::uint64_t now_unix_ns);
  void put_aside(const std::string& why, std::uint64_t now_unix_ns);
  void say(const std::string& trouble);
  void well_again();
  void tidy(std::uint64_t now_unix_ns);
  void meet(const Trouble& trouble, std::uint64_t now_unix_ns);
  std::string name() const { return "the store " + settings_.file; }

  Settings settings_;
  Writer writer_;
  bool off_ = false;  ///< of a version, or a kind, that this program cannot write
  bool begun_anew_ = false;
  std::string said_;  ///< trouble that was told; empty: none
  std::uint64_t missed_said_ = 0;
  std::uint64_t tidied_at_ = 0;  ///< events written then
  std::vector<Message> messages_;
  std::chrono::steady_clock::time_point next_try_{}, next_tidy_{};
};

}  // namespace tlswatch::store
