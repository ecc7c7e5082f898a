#include "daemon/core/syslog/rate_limiter.h"

#include <algorithm>

#include "daemon/core/text/fnv1a.h"

namespace tlswatch::syslog {

bool RateLimiter::Bucket::take(std::uint64_t now_ns, std::uint32_t burst, std::uint32_t per_second) noexcept {
  constexpr std::uint64_t kNsPerMs = 1'000'000;
  const std::uint64_t full = std::uint64_t{burst} * 1000;
  if (!begun) {
    begun = true;
    at_ns = now_ns;
    millitokens = full;
  }
  // A thousandth of a token per ms and token per second; what is below a ms stays for the next call.
  const std::uint64_t passed_ms = now_ns > at_ns ? (now_ns - at_ns) / kNsPerMs : 0;
  at_ns += passed_ms * kNsPerMs;
  const std::uint64_t enough = full / per_second + 1;
  millitokens = std::min(full, millitokens + std::min(passed_ms, enough) * per_second);
  if (millitokens < 1000) return false;
  millitokens -= 1000;
  return true;
}

std::size_t RateLimiter::Hash::operator()(const Key& key) const noexcept {
  return text::fnv1a(key);
}

bool RateLimiter::admit(const facts::Address& from, std::uint64_t now_ns) {
  Key key{};
  key[0] = from.size;
  std::copy_n(from.bytes.begin(), std::min<std::size_t>(from.size, key.size() - 1), key.begin() + 1);
  // His own bucket first: one loud sender must not empty the one of all.
  if (!sources_.open(key).take(now_ns, kBurst, kPerSecond)) return false;
  return all_.take(now_ns, kBurstOfAll, kPerSecondOfAll);
}

}  // namespace tlswatch::syslog
