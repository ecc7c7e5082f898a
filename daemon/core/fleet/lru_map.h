#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

namespace tlswatch::fleet {

/// LruMap remembers at most `limit` values by their keys; above it the one that was touched longest ago is
/// forgotten and counted. What outsiders can make many of is kept in one of these.
template <typename Key, typename Value, typename Hash = std::hash<Key>>
class LruMap {
 public:
  explicit LruMap(std::size_t limit) : limit_(limit) {}

  /// The value, or null. Touches it. Valid until the next call that is not const.
  Value* find(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    recent_first_.splice(recent_first_.begin(), recent_first_, found->second);
    return &found->second->second;
  }

  /// The value, or null. Touches nothing.
  const Value* peek(const Key& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->second;
  }

  /// The value, made where it was not known.
  Value& open(const Key& key) {
    if (Value* known = find(key)) return *known;
    if (by_key_.size() >= limit_) {
      by_key_.erase(recent_first_.back().first);
      recent_first_.pop_back();
      ++forgotten_;
    }
    recent_first_.emplace_front(key, Value{});
    by_key_.emplace(key, recent_first_.begin());
    return recent_first_.front().second;
  }

  void erase(const Key& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    recent_first_.erase(found->second);
    by_key_.erase(found);
  }

  void clear() noexcept {
    by_key_.clear();
    recent_first_.clear();
  }

  /// Calls `see(key, value)` with each, the one touched last first. Touches none.
  template <typename See>
  void for_each(See see) const {
    for (const auto& [key, value] : recent_first_) see(key, value);
  }

  std::size_t size() const noexcept { return by_key_.size(); }
  std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  using Items = std::list<std::pair<Key, Value>>;
  std::size_t limit_;
  std::uint64_t forgotten_ = 0;
  Items recent_first_;
  std::unordered_map<Key, typename Items::iterator, Hash> by_key_;
};

}  // namespace tlswatch::fleet
