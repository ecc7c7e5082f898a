#include "daemon/core/event/expiry.h"

#include <algorithm>
#include <iterator>

namespace tlswatch::event {
namespace {

constexpr std::int64_t kDay_s = 86'400;

}  // namespace

std::optional<ExpiryWatch::Warning> ExpiryWatch::seen(std::uint32_t broker,
                                                      const CertificateFacts& certificate,
                                                      std::int64_t now_unix_s) {
  const std::int64_t left_s = certificate.not_after_unix_s - now_unix_s;
  if (left_s < 0) return std::nullopt;
  const auto* const threshold =
      std::ranges::find_if(kExpiryDays, [&](std::uint32_t days) { return left_s <= days * kDay_s; });
  if (threshold == std::end(kExpiryDays)) return std::nullopt;
  std::string key = std::to_string(broker) + "/";
  key.append(certificate.sha256.begin(), certificate.sha256.end());
  std::uint32_t& said = said_.open(key);
  if (said != 0 && said <= *threshold) return std::nullopt;
  said = *threshold;
  return Warning{static_cast<std::uint32_t>(left_s / kDay_s), *threshold};
}

}  // namespace tlswatch::event
