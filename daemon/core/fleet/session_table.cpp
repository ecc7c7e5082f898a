#include "daemon/core/fleet/session_table.h"

#include <algorithm>

namespace tlswatch::fleet {

std::size_t SessionTable::Hash::operator()(const SessionKey& key) const noexcept {
  // Numbers count up, so spread them: a 64-bit finaliser (MurmurHash3's).
  std::uint64_t h = key.number ^ key.epoch << 1 ^ std::uint64_t{key.broker} << 48;
  h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDULL;
  h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53ULL;
  return h ^ h >> 33;
}

Session* SessionTable::find(const SessionKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  recent_first_.splice(recent_first_.begin(), recent_first_, found->second);
  return &*found->second;
}

Session& SessionTable::open(const SessionKey& key) {
  if (Session* known = find(key)) return *known;
  if (by_key_.size() >= limit_) {
    by_key_.erase(recent_first_.back().key);
    recent_first_.pop_back();
    ++forgotten_;
  }
  recent_first_.emplace_front();
  recent_first_.front().key = key;
  by_key_.emplace(key, recent_first_.begin());
  return recent_first_.front();
}

void SessionTable::close(const SessionKey& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  recent_first_.erase(found->second);
  by_key_.erase(found);
}

std::vector<Session> SessionTable::take_all(std::uint32_t broker, std::uint64_t epoch) {
  std::vector<Session> out;
  for (auto at = recent_first_.begin(); at != recent_first_.end();) {
    const auto next = std::next(at);
    if (at->key.broker == broker && at->key.epoch == epoch) {
      by_key_.erase(at->key);
      out.push_back(std::move(*at));
      recent_first_.erase(at);
    }
    at = next;
  }
  std::ranges::sort(out, {}, [](const Session& s) { return s.key.number; });
  return out;
}

}  // namespace tlswatch::fleet
