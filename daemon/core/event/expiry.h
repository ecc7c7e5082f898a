#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/core/event/certificate_facts.h"
#include "daemon/core/fleet/lru_map.h"

namespace tlswatch::event {

/// Days before a certificate's end at which it is said, the latest first.
inline constexpr std::uint32_t kExpiryDays[] = {1, 7, 30};

/// Certificates near their end that are remembered. Only those shown in a good handshake come here, so the
/// broker has accepted them. Where there are more, one may be said again.
inline constexpr std::size_t kMaxExpiring = 16384;

/// ExpiryWatch says once a certificate, broker and threshold that a certificate comes near its end, however
/// many sessions show it. One that is met late is said at the threshold it is in; those before are left out.
/// What has been said is in memory: after a start of the daemon each is said once more at most. A certificate
/// that has expired is no matter of this watch: handshakes fail, and are diagnosed.
class ExpiryWatch {
 public:
  struct Warning {
    std::uint32_t days_left = 0;  ///< whole days
    std::uint32_t threshold_days = 0;
  };

  explicit ExpiryWatch(std::size_t limit = kMaxExpiring) : said_(limit) {}

  /// The certificate was shown at `now_unix_s`; a warning where there is one that has not been said.
  std::optional<Warning> seen(std::uint32_t broker, const CertificateFacts& certificate,
                              std::int64_t now_unix_s);

 private:
  fleet::LruMap<std::string, std::uint32_t> said_;  ///< threshold, by broker and certificate
};

}  // namespace tlswatch::event
