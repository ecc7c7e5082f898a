#include "daemon/tlswatchd/feed.h"

#include "daemon/sources/journal_source.h"
#include "daemon/sources/log_file_source.h"

namespace tlswatch::tlswatchd {
namespace {

constexpr std::chrono::minutes kBetweenSayings{1};

}  // namespace

std::unique_ptr<sources::LogSource> Feed::open_log(const config::BrokerLogConfig& log) {
  if (log.journal.empty()) return std::make_unique<sources::LogFileSource>(log.file, log.cursor);
  return std::make_unique<sources::JournalSource>(log.journal, log.journal_directory, log.cursor);
}

std::optional<std::string> Feed::take_message() {
  if (auto message = source_.take_message()) return message;
  if (!log_) return std::nullopt;
  if (auto message = log_->take_message()) return message;
  return say_what_was_left_out();
}

std::optional<std::string> Feed::say_what_was_left_out() {
  const auto at = std::chrono::steady_clock::now();
  if (at < next_saying_) return std::nullopt;
  const LeftOut now{tools_.pipeline.log_counters(broker_.index).ambiguous, log_->untimed_lines(),
                    log_->long_lines()};
  if (now == said_) return std::nullopt;
  next_saying_ = at + kBetweenSayings;
  said_ = now;
  return "lines of the broker's log that were left out, in all: " + std::to_string(now.ambiguous) +
         " that could mean two things, " + std::to_string(now.untimed) + " without a time, " +
         std::to_string(now.too_long) + " too long or damaged ones";
}

metrics::BrokerGauges Feed::gauges() const {
  metrics::BrokerGauges out{.broker = name_, .last_batch_ns = stored_at_ns_};
  if (const auto fill = source_.fill()) {
    out.following = true;
    out.ring_size = fill->size;
    out.ring_used = fill->used;
  }
  return out;
}

Feed::Step Feed::step() {
  if (stage_ == Stage::appended) return Step::blocked;  // a cursor did not move
  if (stage_ == Stage::made) return append();
  if (!taken_) taken_ = source_.poll();
  if (taken_ && too_young(*taken_)) return Step::idle;
  if (log_) log_->look(tools_.now_unix_ns());
  if (taken_) {
    make_lines(*taken_);
    after_ = taken_->batch.after;
    taken_.reset();
    return append();
  }
  // The ring is quiet: what is left of the log is about nothing that is still to come from there.
  if (take_log_until(UINT64_MAX, false) == 0) return Step::idle;
  return append();
}

/// Lines about its records may still be on their way. A clock that was set back keeps no batch for long.
bool Feed::too_young(const sources::RingSource::Taken& taken) const {
  if (!log_ || taken.batch.records.empty()) return false;
  const std::uint64_t at = taken.batch.records.back().time_unix_ns;
  const std::uint64_t now = tools_.now_unix_ns();
  return now >= at && now - at < log_->delay_ns();
}

/// Lines that may have been written by `unix_ns`; how many there were.
int Feed::take_log_until(std::uint64_t unix_ns, bool known_ones_only) {
  int taken = 0;
  for (; log_ && taken < kMaxLogLines; ++taken) {
    const sources::LogSource::Line* line = log_->front();
    if (line == nullptr || line->written.from_ns > unix_ns || (known_ones_only && !line->again)) break;
    const event::Place place{log_stream_, log_->epoch(), line->sequence};
    tools_.pipeline.take_broker_log(
        broker_, place, line->what, line->written,
        [&](const event::Event& event) { line->again ? tools_.keep(event) : tools_.write(event, lines_); });
    log_->pop();
  }
  return taken;
}

void Feed::make_lost_line(const sources::RingSource::Taken& taken) {
  const wire::Batch& batch = taken.batch;
  const std::uint64_t now = batch.records.empty() ? tools_.now_unix_ns() : batch.records.front().time_unix_ns;
  const bool again = batch.lost_to < taken.new_from;
  tools_.pipeline.lost(
      broker_, taken.epoch(), batch.lost_from, batch.lost_to, now,
      [&](const event::Event& event) { again ? tools_.keep(event) : tools_.write(event, lines_); });
}

void Feed::make_lines(const sources::RingSource::Taken& taken) {
  const wire::Batch& batch = taken.batch;
  if (batch.lost != 0 && batch.lost_before) make_lost_line(taken);
  const event::Emit log_it = [this](const event::Event& event) { tools_.write(event, lines_); };
  const event::Emit keep_it = [this](const event::Event& event) { tools_.keep(event); };
  for (const wire::Record& record : batch.records) {
    const bool again = record.sequence < taken.new_from;
    // A new line must not meet a record that is only known again: its event would be dropped with that one's.
    take_log_until(record.time_unix_ns + broker_log::kSlackNs, again);
    tools_.pipeline.take(broker_, taken.epoch(), record, again ? keep_it : log_it);
    if (again) tools_.pipeline.take_notices();
  }
  if (batch.lost != 0 && !batch.lost_before) make_lost_line(taken);
}

Feed::Step Feed::append() {
  stage_ = Stage::made;
  if (auto trouble = tools_.file.append(lines_)) {
    trouble_ = tools_.trouble_text(*trouble);
    return Step::blocked;
  }
  lines_.clear();
  stage_ = Stage::appended;
  return Step::worked;
}

void Feed::finish() {
  if (stage_ != Stage::appended) return;
  std::optional<std::string> trouble = after_ ? source_.commit(*after_) : std::nullopt;
  if (!trouble && log_) trouble = log_->commit();
  if (trouble) {
    trouble_ = *trouble;
    return;
  }
  trouble_.clear();
  stored_at_ns_ = tools_.now_unix_ns();
  after_.reset();
  stage_ = Stage::free;
}

}  // namespace tlswatch::tlswatchd
