#include "daemon/tlswatchd/syslog_feed.h"

namespace tlswatch::tlswatchd {
namespace {

constexpr std::chrono::minutes kBetweenSayings{1};

std::uint64_t steady_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

}  // namespace

SyslogFeed::SyslogFeed(const config::SyslogConfig& config, const event::Broker& broker, const Tools& tools)
    : stream_(std::string(broker.name) + "/syslog"),
      name_(broker.name),
      broker_(broker),
      source_(config.listen),
      tools_(tools),
      epoch_(tools.now_unix_ns()) {
  broker_.name = name_;
}

bool SyslogFeed::step() {
  if (!lines_.empty() && !store()) return false;
  int taken = 0;
  for (; taken < sources::kMaxDatagramsAtOnce; ++taken) {
    const auto datagram = source_.next(steady_ns());
    if (!datagram) break;
    const event::Place place{stream_, epoch_, ++sequence_};
    tools_.pipeline.take_syslog(broker_, place, tools_.now_unix_ns(), datagram->from, datagram->bytes,
                                [this](const event::Event& event) { tools_.write(event, lines_); });
  }
  return (lines_.empty() || store()) && taken != 0;
}

bool SyslogFeed::store() {
  if (auto trouble = tools_.file.append(lines_)) {
    trouble_ = tools_.trouble_text(*trouble);
    return false;
  }
  trouble_.clear();
  lines_.clear();
  return true;
}

std::optional<std::string> SyslogFeed::take_message() {
  const sources::SyslogSource::Counters now = source_.counters();
  const std::uint64_t limited = now.limited - said_.limited;
  const std::uint64_t cut = now.cut - said_.cut;
  const std::uint64_t kernel = now.kernel - said_.kernel;
  if (limited + cut + kernel == 0) return std::nullopt;
  const auto at = std::chrono::steady_clock::now();
  if (at < next_saying_) return std::nullopt;
  next_saying_ = at + kBetweenSayings;
  said_ = now;
  return "syslog: dropped " + std::to_string(limited) + " datagrams over the limits, " + std::to_string(cut) +
         " too long ones, " + std::to_string(kernel) + " that the kernel had no room for";
}

}  // namespace tlswatch::tlswatchd
