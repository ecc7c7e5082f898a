#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/tlswatchd/daemon.h"
#include "ring_file.h"
#include "temp_dir.h"

namespace tlswatch::test {

/// Rig runs the daemon's own loop in this process over a ring in a temporary folder, with the shipped
/// profiles and knowledge. Each run() is one life of a daemon: it starts, works until nothing is left to do,
/// and is gone.
class Rig {
 public:
  Rig();

  RingFile& ring() { return *ring_; }
  /// Another ring takes the first one's place.
  void replace_ring(std::uint64_t epoch, std::uint64_t size = wire::kMinRingSize) {
    ring_ = std::make_unique<RingFile>(dir_ / "ring", size, epoch);
  }
  tlswatchd::Settings& settings() { return settings_; }
  const TempDir& dir() const { return dir_; }

  /// A daemon that is started; fails the test where it does not start.
  std::unique_ptr<tlswatchd::Daemon> start();
  void run();

  std::string log() const { return read_file(dir_ / "events.json"); }
  std::string cursor() const { return read_file(dir_ / "cursor"); }
  void set_log(std::string_view content) { write_file(dir_ / "events.json", content); }
  void set_cursor(std::string_view content) { write_file(dir_ / "cursor", content); }
  /// All lines, each checked against the schema, and no event.id twice.
  std::vector<std::string> lines() const;
  /// The values of one field over all lines of one action, a blank behind each.
  std::string values(std::string_view action, std::string_view path) const;

  /// The events of one session of a device: start, handshake, CONNECT, and its end.
  void publish_start(std::uint64_t session);
  void publish_handshake(std::uint64_t session);
  void publish_identified(std::uint64_t session);
  void publish_end(std::uint64_t session);
  void publish_session(std::uint64_t session) {
    publish_start(session);
    publish_handshake(session);
    publish_identified(session);
    publish_end(session);
  }
  void publish_failure(std::uint64_t session);
  void publish_report(std::uint64_t session);

 private:
  TempDir dir_;
  std::unique_ptr<RingFile> ring_;
  tlswatchd::Settings settings_;
};

}  // namespace tlswatch::test
