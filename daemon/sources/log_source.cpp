#include "daemon/sources/log_source.h"

#include <algorithm>

namespace tlswatch::sources {
namespace {

using broker_log::Span;

/// The time of a line, by its own seconds and by what its source knows.
std::optional<Span> time_of(std::optional<std::uint64_t> unix_s, const std::optional<Span>& came) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint64_t kMaxUnixS = UINT64_MAX / kSecond - 1;
  if (!unix_s || *unix_s > kMaxUnixS) return came;
  const Span by_seconds{*unix_s * kSecond, (*unix_s + 1) * kSecond};
  if (!came) return by_seconds;
  const Span both{std::max(by_seconds.from_ns, came->from_ns), std::min(by_seconds.to_ns, came->to_ns)};
  return both.from_ns <= both.to_ns ? both : by_seconds;  // it was printed, and came late
}

}  // namespace

const LogSource::Line* LogSource::front() {
  while (!line_) {
    const auto raw = read();
    if (!raw) return nullptr;
    Line line{broker_log::read_line(raw->text), {}, raw->sequence, raw->again};
    const bool says_something = !std::holds_alternative<broker_log::Other>(line.what.what);
    const auto time = says_something ? time_of(line.what.unix_s, raw->came) : std::nullopt;
    if (time) line.written = *time;
    if (time || std::holds_alternative<broker_log::Restarted>(line.what.what)) {
      line_ = line;
      break;
    }
    untimed_ += says_something ? 1 : 0;
    consume();
  }
  return &*line_;
}

void LogSource::pop() {
  consume();
  line_.reset();
  popped_ = true;
}

std::optional<std::string> LogSource::commit() {
  auto trouble = save();
  if (!trouble) popped_ = false;
  return trouble;
}

void LogSource::tell(std::string text) {
  if (text == told_) return;
  told_ = text;
  message_ = std::move(text);
}

}  // namespace tlswatch::sources
