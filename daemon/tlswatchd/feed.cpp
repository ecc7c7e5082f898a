#include "daemon/tlswatchd/feed.h"

#include <cstdio>

namespace tlswatch::tlswatchd {

void Console::show(const event::Event& event, std::string_view line) const {
  if (form_ == config::Console::off) return;
  if (form_ == config::Console::json) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    return;
  }
  const event::Header& header = event::header(event);
  std::string text(header.broker);
  text.append(": ").append(header.message) += '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
}

Feed::Step Feed::step() {
  if (after_) return store();
  auto taken = source_.poll();
  if (!taken) return Step::idle;
  make_lines(*taken);
  after_ = taken->batch.after;
  return store();
}

void Feed::make_lost_line(const sources::RingSource::Taken& taken) {
  const wire::Batch& batch = taken.batch;
  const std::uint64_t now = batch.records.empty() ? tools_.now_unix_ns() : batch.records.front().time_unix_ns;
  const bool again = batch.lost_to < taken.new_from;
  tools_.pipeline.lost(broker_, taken.epoch(), batch.lost_from, batch.lost_to, now,
                       [&](const event::Event& event) {
                         if (again) return;
                         const std::string_view line = tools_.json.line(event);
                         lines_.add(line, batch.lost_from, 0);
                         tools_.console.show(event, line);
                       });
}

void Feed::make_lines(const sources::RingSource::Taken& taken) {
  const wire::Batch& batch = taken.batch;
  if (batch.lost != 0 && batch.lost_before) make_lost_line(taken);
  const event::Emit log_it = [this](const event::Event& event) {
    const std::string_view line = tools_.json.line(event);
    const event::Header& header = event::header(event);
    lines_.add(line, header.sequence, header.part);
    tools_.console.show(event, line);
  };
  const event::Emit drop_it = [](const event::Event&) {};
  for (const wire::Record& record : batch.records) {
    const bool again = record.sequence < taken.new_from;
    tools_.pipeline.take(broker_, taken.epoch(), record, again ? drop_it : log_it);
    if (again) tools_.pipeline.take_notices();
  }
  if (batch.lost != 0 && !batch.lost_before) make_lost_line(taken);
}

Feed::Step Feed::store() {
  if (auto trouble = tools_.file.append(lines_, name_, after_->epoch)) {
    trouble_ = "the event log " + tools_.file.path().string() + " cannot be written: " + *trouble;
    return Step::blocked;
  }
  lines_.clear();
  if (auto trouble = source_.commit(*after_)) {
    trouble_ = *trouble;
    return Step::blocked;
  }
  trouble_.clear();
  after_.reset();
  return Step::worked;
}

}  // namespace tlswatch::tlswatchd
