#include "daemon/core/diagnose/knowledge.h"

#include <algorithm>

namespace tlswatch::diagnose {
namespace {

template <typename T>
bool one_of(const std::vector<T>& wanted, const auto& seen) noexcept {
  return wanted.empty() || std::ranges::find(wanted, seen) != wanted.end();
}

template <typename T>
bool equals(const std::optional<T>& wanted, const T& seen) noexcept {
  return !wanted.has_value() || *wanted == seen;
}

template <typename T>
bool at_least(const std::optional<T>& wanted, const T& seen) noexcept {
  return !wanted.has_value() || seen >= *wanted;
}

bool any_alert(const facts::Alerts& alerts, wire::Direction direction) noexcept {
  return std::ranges::any_of(alerts, [&](const facts::AlertSeen& a) { return a.direction == direction; });
}

bool has_alert(const std::vector<std::uint8_t>& wanted, const facts::Alerts& alerts,
               wire::Direction direction) noexcept {
  if (wanted.empty()) return true;
  return std::ranges::any_of(alerts, [&](const facts::AlertSeen& a) {
    return a.direction == direction && std::ranges::find(wanted, a.description) != wanted.end();
  });
}

bool in_range(const std::vector<std::pair<std::int64_t, std::int64_t>>& ranges, std::int64_t seen) noexcept {
  return ranges.empty() ||
         std::ranges::any_of(ranges, [&](const auto& r) { return seen >= r.first && seen <= r.second; });
}

bool verify_holds(const std::vector<std::uint32_t>& wanted,
                  const std::optional<facts::Verify>& seen) noexcept {
  if (wanted.empty()) return true;
  return seen.has_value() && one_of(wanted, seen->error);
}

bool has_violation(const std::vector<std::string>& wanted, std::span<const policy::Violation> seen) noexcept {
  return wanted.empty() ||
         std::ranges::any_of(seen, [&](const policy::Violation& v) { return one_of(wanted, v.rule); });
}

bool holds(const BrokerPattern& p, const BrokerSymptoms& s) noexcept {
  if (p.end_reasons.empty() != s.end_reason.empty()) return false;
  return one_of(p.end_reasons, s.end_reason) && equals(p.established, s.established) &&
         one_of(p.stages, s.stage) && has_alert(p.alerts_received, s.alerts, wire::Direction::received) &&
         has_alert(p.alerts_sent, s.alerts, wire::Direction::sent) &&
         equals(p.any_alert_received, any_alert(s.alerts, wire::Direction::received)) &&
         one_of(p.openssl, s.openssl_reason) && verify_holds(p.verify_errors, s.verify) &&
         one_of(p.first_bytes, s.first_bytes) && one_of(p.offered_versions, s.offered_version) &&
         one_of(p.closed_by, s.closed_by) && equals(p.client_certificate_asked, s.client_certificate_asked) &&
         equals(p.psk_offered, s.psk_offered) && one_of(p.server_keys, s.server_key) &&
         one_of(p.server_dates, s.server_dates) && has_violation(p.violations, s.violations) &&
         at_least(p.retransmits_at_least, s.retransmits) && at_least(p.lasted_ms_at_least, s.lasted_ms);
}

bool holds(const DevicePattern& p, const DeviceSymptoms& s) noexcept {
  return one_of(p.stacks, s.stack) && one_of(p.phases, s.phase) && in_range(p.codes, s.code) &&
         in_range(p.details, s.detail) && equals(p.clock_set, s.clock_set);
}

}  // namespace

const Rule* find(const Knowledge& knowledge, const BrokerSymptoms& symptoms) noexcept {
  const auto found = std::ranges::find_if(knowledge.rules, [&](const Rule& rule) {
    return rule.broker.has_value() && !rule.device.has_value() && holds(*rule.broker, symptoms);
  });
  return found == knowledge.rules.end() ? nullptr : &*found;
}

const Rule* find(const Knowledge& knowledge, const DeviceSymptoms& symptoms) noexcept {
  const auto found = std::ranges::find_if(knowledge.rules, [&](const Rule& rule) {
    return rule.device.has_value() && !rule.broker.has_value() && holds(*rule.device, symptoms);
  });
  return found == knowledge.rules.end() ? nullptr : &*found;
}

}  // namespace tlswatch::diagnose
