#include "daemon/http/hub.h"

#include <algorithm>

namespace tlswatch::http {

void EventHub::on_news(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void EventHub::post(std::string_view id, std::string_view action, std::string_view line) {
  while (line.ends_with('\n')) line.remove_suffix(1);
  auto text = std::make_shared<std::string>();
  text->append("id: ").append(id).append("\nevent: ").append(action).append("\ndata: ").append(line) +=
      "\n\n";
  const std::lock_guard lock(mutex_);
  if (kept_.size() == kKeptEvents) kept_.pop_front();
  kept_.push_back({std::string(id), std::move(text)});
  ++end_;
  if (wake_) wake_();
}

std::uint64_t EventHub::begin_after(std::string_view last_event_id) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& one) { return one.id == last_event_id; });
  return found == kept_.rend() ? end_ : end_ - static_cast<std::uint64_t>(found - kept_.rbegin());
}

bool EventHub::take(std::uint64_t& next, std::vector<Text>& out) const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t begin = end_ - kept_.size();
  const bool whole = next >= begin;
  for (std::uint64_t at = std::max(next, begin); at < end_; ++at)
    out.push_back(kept_[static_cast<std::size_t>(at - begin)].text);
  next = end_;
  return whole;
}

}  // namespace tlswatch::http
