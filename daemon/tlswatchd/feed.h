#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/config/config.h"
#include "daemon/core/event/pipeline.h"
#include "daemon/sources/log_source.h"
#include "daemon/sources/ring_source.h"
#include "daemon/tlswatchd/tools.h"

namespace tlswatch::tlswatchd {

/// Lines of a broker's log that are taken in one turn without a record of the ring.
inline constexpr int kMaxLogLines = 16384;

/// Feed: one broker's ring, and its log where that is followed, on their way into the event log, one batch at
/// a time: read, make lines, append, move the cursors. Where the event log or a cursor cannot be written, the
/// finished lines wait; nothing new is read.
///
/// The two meet in the order of their times. The ring is read first, then the log: Mosquitto prints why it
/// ends a session before it ends it, so that the reason of every end in a batch can be read when the batch is
/// there, and no event waits for a line. journald has a line a little later than the broker has said it:
/// there a batch waits as long as that may take.
class Feed {
 public:
  Feed(const config::BrokerConfig& config, const config::BrokerLogConfig* log, std::uint32_t index,
       const Tools& tools)
      : name_(config.name),
        log_stream_(name_ + "/log"),
        broker_{index, name_, config.passwords_checked, log != nullptr},
        source_(config.ring, config.cursor),
        log_(log != nullptr ? open_log(*log) : nullptr),
        tools_(tools) {}

  /// Takes the cursor file. Returns what is wrong, or nothing.
  std::optional<std::string> start() { return source_.start(); }

  enum class Step : std::uint8_t {
    idle,     ///< nothing new
    worked,   ///< a batch is in the event log
    blocked,  ///< the event log or a cursor cannot be written: trouble() says why
  };
  /// Reads, makes lines, and appends them to the event log.
  Step step();
  /// The event log and the store have what step() took: moves the cursors.
  void finish();
  /// Lines were made that the event log has not taken yet.
  bool waiting() const noexcept { return stage_ == Stage::made; }

  const std::string& trouble() const noexcept { return trouble_; }
  const std::string& name() const noexcept { return name_; }
  /// What is now, for the metrics.
  metrics::BrokerGauges gauges() const;
  std::optional<std::string> take_message();

 private:
  static std::unique_ptr<sources::LogSource> open_log(const config::BrokerLogConfig& log);
  bool too_young(const sources::RingSource::Taken& taken) const;
  void make_lines(const sources::RingSource::Taken& taken);
  void make_lost_line(const sources::RingSource::Taken& taken);
  int take_log_until(std::uint64_t unix_ns, bool known_ones_only);
  Step append();
  std::optional<std::string> say_what_was_left_out();

  /// Lines of the broker's log that named nobody, in all.
  struct LeftOut {
    std::uint64_t ambiguous = 0, untimed = 0, too_long = 0;
    bool operator==(const LeftOut&) const = default;
  };

  std::string name_;
  std::string log_stream_;
  event::Broker broker_;
  sources::RingSource source_;
  std::unique_ptr<sources::LogSource> log_;  ///< null: not followed
  Tools tools_;
  log::LineBatch lines_;
  std::optional<sources::RingSource::Taken> taken_;  ///< a batch of which nothing was made yet
  enum class Stage : std::uint8_t {
    free,      ///< nothing is on its way
    made,      ///< lines are made and wait for the event log
    appended,  ///< they are there, and the cursors still stand before them
  };
  Stage stage_ = Stage::free;
  std::optional<wire::RingCursor>
      after_;  ///< of the batch whose lines wait; nothing: they are the log's alone
  std::string trouble_;
  std::uint64_t stored_at_ns_ = 0;  ///< Unix time of the last batch that went through; 0: none yet
  LeftOut said_;
  std::chrono::steady_clock::time_point next_saying_{};
};

}  // namespace tlswatch::tlswatchd
