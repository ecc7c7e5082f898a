#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "daemon/core/fleet/lru_map.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::syslog {

/// Datagrams that one address may send at once, and then per second. A Tasmota that cannot connect prints two
/// lines of interest every ten seconds and more, and some dozens at its start.
inline constexpr std::uint32_t kBurst = 64;
inline constexpr std::uint32_t kPerSecond = 8;
/// The same over all addresses: a UDP source can be forged, so that a limit for each alone limits nobody.
inline constexpr std::uint32_t kBurstOfAll = 4096;
inline constexpr std::uint32_t kPerSecondOfAll = 2048;
/// Addresses remembered; an IPv6 one counts by its /64, which one host can fill by itself.
inline constexpr std::size_t kMaxSources = 16384;

/// RateLimiter: token buckets for senders, one each and one for all, in bounded memory.
class RateLimiter {
 public:
  explicit RateLimiter(std::size_t max_sources = kMaxSources) : sources_(max_sources) {}

  /// Whether a datagram from there may be read now. `now_ns` is any clock that never goes back.
  bool admit(const facts::Address& from, std::uint64_t now_ns);

  std::size_t sources() const noexcept { return sources_.size(); }

 private:
  struct Bucket {
    bool begun = false;
    std::uint64_t at_ns = 0;
    std::uint64_t millitokens = 0;
    bool take(std::uint64_t now_ns, std::uint32_t burst, std::uint32_t per_second) noexcept;
  };
  using Key = std::array<std::uint8_t, 9>;  ///< size, and up to 8 bytes of address
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  fleet::LruMap<Key, Bucket, Hash> sources_;
  Bucket all_;
};

}  // namespace tlswatch::syslog
