#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/sources/syslog_source.h"
#include "daemon/tlswatchd/tools.h"

namespace tlswatch::tlswatchd {

/// SyslogFeed: stock firmware's lines on their way into the event log. While the log cannot be written
/// nothing is received; the kernel keeps what its buffer holds and counts the rest.
class SyslogFeed {
 public:
  /// `broker` is the one that the devices speak to: its name stands in their lines.
  SyslogFeed(const config::SyslogConfig& config, const event::Broker& broker, const Tools& tools);

  std::optional<std::string> start() { return source_.start(); }

  /// Takes what has come. True where there was something.
  bool step();

  /// Lines were made that the event log has not taken yet.
  bool waiting() const noexcept { return !lines_.empty(); }

  /// What is wrong with the event log; empty: nothing.
  const std::string& trouble() const noexcept { return trouble_; }

  /// What was dropped since it was said last, at most once a minute.
  std::optional<std::string> take_message();

 private:
  bool store();

  std::string stream_;
  std::string name_;
  event::Broker broker_;
  sources::SyslogSource source_;
  Tools tools_;
  std::uint64_t epoch_;
  std::uint64_t sequence_ = 0;
  log::LineBatch lines_;
  std::string trouble_;
  sources::SyslogSource::Counters said_;
  std::chrono::steady_clock::time_point next_saying_{};
};

}  // namespace tlswatch::tlswatchd
