#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/config/config.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/log/event_file.h"
#include "daemon/log/event_json.h"
#include "daemon/sources/ring_source.h"

namespace tlswatch::tlswatchd {

/// Where the lines of a feed go besides the log.
class Console {
 public:
  explicit Console(config::Console form) : form_(form) {}
  void show(const event::Event& event, std::string_view line) const;

 private:
  config::Console form_;
};

/// Feed: one broker's ring on its way into the log, one batch at a time: read, make lines, append, move the
/// cursor. Where the log or the cursor cannot be written, the finished lines wait; nothing new is read.
class Feed {
 public:
  struct Tools {
    event::Pipeline& pipeline;
    log::EventJson& json;
    log::EventFile& file;
    const Console& console;
    std::uint64_t (*now_unix_ns)();
  };

  Feed(const config::BrokerConfig& config, std::uint32_t index, const Tools& tools)
      : name_(config.name),
        broker_{index, name_, config.passwords_checked},
        source_(config.ring, config.cursor),
        tools_(tools) {}

  /// Takes the cursor file. Returns what is wrong, or nothing.
  std::optional<std::string> start() { return source_.start(); }

  enum class Step : std::uint8_t {
    idle,     ///< nothing new
    worked,   ///< a batch went through
    blocked,  ///< the log or the cursor cannot be written: trouble() says why
  };
  Step step();

  const std::string& trouble() const noexcept { return trouble_; }
  const std::string& name() const noexcept { return name_; }
  std::optional<std::string> take_message() { return source_.take_message(); }

 private:
  void make_lines(const sources::RingSource::Taken& taken);
  void make_lost_line(const sources::RingSource::Taken& taken);
  Step store();

  std::string name_;
  event::Broker broker_;
  sources::RingSource source_;
  Tools tools_;
  log::LineBatch lines_;
  std::optional<wire::RingCursor> after_;  ///< of the batch whose lines wait
  std::string trouble_;
};

}  // namespace tlswatch::tlswatchd
