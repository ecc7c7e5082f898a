#include "daemon/core/diagnose/patterns.h"

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

template <typename T>
bool below(const std::optional<T>& wanted, const T& seen) noexcept {
  return !wanted.has_value() || seen < *wanted;
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

bool in_range(const std::vector<Range>& ranges, std::int64_t seen) noexcept {
  return ranges.empty() ||
         std::ranges::any_of(ranges, [&](const Range& r) { return seen >= r.first && seen <= r.second; });
}

bool verify_holds(const std::vector<std::uint32_t>& wanted,
                  const std::optional<facts::Verify>& seen) noexcept {
  if (wanted.empty()) return true;
  return seen.has_value() && one_of(wanted, seen->error);
}

bool was_broken(std::string_view rule, std::span<const policy::Violation> seen) noexcept {
  return std::ranges::any_of(seen, [&](const policy::Violation& v) { return v.rule == rule; });
}

bool has_violation(const std::vector<std::string>& wanted, std::span<const policy::Violation> seen) noexcept {
  return wanted.empty() ||
         std::ranges::any_of(wanted, [&](const std::string& rule) { return was_broken(rule, seen); });
}

bool has_every_violation(const std::vector<std::string>& wanted,
                         std::span<const policy::Violation> seen) noexcept {
  return std::ranges::all_of(wanted, [&](const std::string& rule) { return was_broken(rule, seen); });
}

/// Whether a condition with the list `wide` holds wherever one with `narrow` does.
template <typename T>
bool includes(const std::vector<T>& wide, const std::vector<T>& narrow) {
  if (wide.empty()) return true;
  return !narrow.empty() && std::ranges::all_of(narrow, [&](const T& item) { return one_of(wide, item); });
}

template <typename T>
bool follows(const std::optional<T>& wide, const std::optional<T>& narrow) noexcept {
  return !wide.has_value() || (narrow.has_value() && *wide == *narrow);
}

template <typename T>
bool lower_bound(const std::optional<T>& wide, const std::optional<T>& narrow) noexcept {
  return !wide.has_value() || (narrow.has_value() && *narrow >= *wide);
}

template <typename T>
bool upper_bound(const std::optional<T>& wide, const std::optional<T>& narrow) noexcept {
  return !wide.has_value() || (narrow.has_value() && *narrow <= *wide);
}

/// Neighbours joined: 1..3 and 4 are 1..4.
std::vector<Range> joined(std::vector<Range> ranges) {
  std::ranges::sort(ranges);
  std::vector<Range> out;
  for (const Range& range : ranges) {
    if (out.empty() || range.first > out.back().second + 1) {
      out.push_back(range);
    } else {
      out.back().second = std::max(out.back().second, range.second);
    }
  }
  return out;
}

bool includes(const std::vector<Range>& wide, const std::vector<Range>& narrow) {
  if (wide.empty()) return true;
  if (narrow.empty()) return false;
  const auto lie_in = [&](const std::vector<Range>& ranges) {
    return std::ranges::all_of(narrow, [&](const Range& n) {
      return std::ranges::any_of(ranges,
                                 [&](const Range& w) { return w.first <= n.first && n.second <= w.second; });
    });
  };
  return lie_in(wide) || (wide.size() > 1 && lie_in(joined(wide)));
}

/// An alert of a list came, so one came.
std::optional<bool> any_alert_received(const BrokerPattern& p) noexcept {
  return p.alerts_received.empty() ? p.any_alert_received : std::optional(true);
}

bool includes_violations(const BrokerPattern& wide, const BrokerPattern& narrow) {
  const bool one = includes(wide.violations, narrow.violations) ||
                   std::ranges::any_of(narrow.every_violation, [&](const std::string& rule) {
                     return one_of(wide.violations, rule);
                   });
  return one && std::ranges::all_of(wide.every_violation, [&](const std::string& rule) {
           const bool alone = narrow.violations.size() == 1 && narrow.violations.front() == rule;
           return alone || std::ranges::find(narrow.every_violation, rule) != narrow.every_violation.end();
         });
}

bool only(const std::vector<std::string>& phases, std::string_view one, std::string_view other) noexcept {
  return !phases.empty() &&
         std::ranges::all_of(phases, [&](const std::string& p) { return p == one || p == other; });
}

constexpr OneOf<wire::Stage> kDone{wire::Stage::established};
constexpr OneOf<wire::Stage> kUnanswered{wire::Stage::connected, wire::Stage::client_hello};

}  // namespace

// The cheapest conditions that tell most rows apart come first.
bool holds(const BrokerPattern& p, const BrokerSymptoms& s) noexcept {
  if (p.end_reasons.empty() != s.end_reason.empty()) return false;
  return p.stages.allows(s.stage) && p.closed_by.allows(s.closed_by) && p.first_bytes.allows(s.first_bytes) &&
         p.server_dates.allows(s.server_dates) && p.server_names.allows(s.server_name) &&
         p.server_key_uses.allows(s.server_key_use) && p.server_chains.allows(s.server_chain) &&
         p.server_signatures.allows(s.server_signature) && equals(p.said_nothing, s.said_nothing) &&
         one_of(p.openssl, s.openssl_reason) &&
         has_alert(p.alerts_received, s.alerts, wire::Direction::received) &&
         has_alert(p.alerts_sent, s.alerts, wire::Direction::sent) &&
         equals(p.any_alert_received, any_alert(s.alerts, wire::Direction::received)) &&
         one_of(p.end_reasons, s.end_reason) && equals(p.established, s.established) &&
         verify_holds(p.verify_errors, s.verify) && one_of(p.offered_versions, s.offered_version) &&
         equals(p.client_certificate_asked, s.client_certificate_asked) &&
         equals(p.psk_offered, s.psk_offered) && one_of(p.server_keys, s.server_key) &&
         has_violation(p.violations, s.violations) && has_every_violation(p.every_violation, s.violations) &&
         at_least(p.retransmits_at_least, s.retransmits) && at_least(p.rtt_ms_at_least, s.rtt_ms) &&
         at_least(p.lasted_ms_at_least, s.lasted_ms) && below(p.lasted_ms_below, s.lasted_ms);
}

bool holds(const DevicePattern& p, const DeviceSymptoms& s) noexcept {
  return in_range(p.codes, s.code) && one_of(p.stacks, s.stack) && in_range(p.details, s.detail) &&
         one_of(p.phases, s.phase) && equals(p.clock_set, s.clock_set) && in_range(p.counts, s.count) &&
         equals(p.recovered, s.recovered) && one_of(p.now_server_keys, s.now_server_key) &&
         one_of(p.now_ciphers, s.now_cipher) && equals(p.unseen, s.unseen);
}

bool covers(const BrokerPattern& earlier, const BrokerPattern& later) {
  if (earlier.end_reasons.empty() != later.end_reasons.empty()) return false;
  return earlier.stages.includes(later.stages) && earlier.closed_by.includes(later.closed_by) &&
         earlier.first_bytes.includes(later.first_bytes) &&
         earlier.server_dates.includes(later.server_dates) &&
         earlier.server_names.includes(later.server_names) &&
         earlier.server_key_uses.includes(later.server_key_uses) &&
         earlier.server_chains.includes(later.server_chains) &&
         earlier.server_signatures.includes(later.server_signatures) &&
         follows(earlier.said_nothing, later.said_nothing) && includes(earlier.openssl, later.openssl) &&
         includes(earlier.alerts_received, later.alerts_received) &&
         includes(earlier.alerts_sent, later.alerts_sent) &&
         follows(earlier.any_alert_received, any_alert_received(later)) &&
         includes(earlier.end_reasons, later.end_reasons) &&
         follows(earlier.established, later.established) &&
         includes(earlier.verify_errors, later.verify_errors) &&
         includes(earlier.offered_versions, later.offered_versions) &&
         follows(earlier.client_certificate_asked, later.client_certificate_asked) &&
         follows(earlier.psk_offered, later.psk_offered) &&
         includes(earlier.server_keys, later.server_keys) && includes_violations(earlier, later) &&
         lower_bound(earlier.retransmits_at_least, later.retransmits_at_least) &&
         lower_bound(earlier.rtt_ms_at_least, later.rtt_ms_at_least) &&
         lower_bound(earlier.lasted_ms_at_least, later.lasted_ms_at_least) &&
         upper_bound(earlier.lasted_ms_below, later.lasted_ms_below);
}

bool covers(const DevicePattern& earlier, const DevicePattern& later) {
  return includes(earlier.codes, later.codes) && includes(earlier.stacks, later.stacks) &&
         includes(earlier.details, later.details) && includes(earlier.phases, later.phases) &&
         follows(earlier.clock_set, later.clock_set) && includes(earlier.counts, later.counts) &&
         follows(earlier.recovered, later.recovered) &&
         includes(earlier.now_server_keys, later.now_server_keys) &&
         includes(earlier.now_ciphers, later.now_ciphers) && follows(earlier.unseen, later.unseen);
}

std::string_view contradiction(const BrokerPattern& p) noexcept {
  const bool about_end = !p.end_reasons.empty();
  if (about_end && p.established == false) {
    return "a session that has an `end_reason` was established: drop one of the two";
  }
  if (about_end && !p.stages.allows(wire::Stage::established)) {
    return "a session that has an `end_reason` came to stage `established`: drop `stage` or `end_reason`";
  }
  if (!about_end && (p.established == true || (!p.stages.all() && kDone.includes(p.stages)))) {
    return "a rule without `end_reason` is about handshakes that failed, none of which was established: add "
           "`end_reason`";
  }
  if (!about_end && p.said_nothing == true) {
    return "`said_nothing` is about a session that was established: add `end_reason`";
  }
  if (p.any_alert_received == false && !p.alerts_received.empty()) {
    return "`alert_received` wants an alert and `any_alert_received: false` wants none: drop one of the two";
  }
  if (!p.verify_errors.empty() && p.client_certificate_asked == false) {
    return "`verify_error` is about a client certificate, which was not asked for: drop "
           "`client_certificate_asked`";
  }
  return {};
}

std::string_view contradiction(const BrokerPattern& broker, const DevicePattern& device) noexcept {
  if (device.unseen == true) {
    return "`unseen: true` is about a try that the broker did not see: drop `broker` or `unseen`";
  }
  if (only(device.phases, "dns", "tcp")) {
    return "an error of phase dns or tcp never reaches the broker: drop `broker` or `phase`";
  }
  if (only(device.phases, "mqtt", "mqtt") && broker.end_reasons.empty() && !broker.stages.all() &&
      broker.first_bytes.all() && kUnanswered.includes(broker.stages)) {
    return "phase mqtt begins behind the handshake, and `stage` is before the broker's answer: drop one of "
           "the "
           "two";
  }
  return {};
}

}  // namespace tlswatch::diagnose
