// A walk over all shipped rules: each can decide, and each cause of the contract has one.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "daemon/core/catalog/causes.h"
#include "diagnose/shipped.h"

namespace tlswatch::diagnose {
namespace {

template <typename Enum>
std::vector<Enum> allowed(OneOf<Enum> set, std::initializer_list<Enum> in_order) {
  std::vector<Enum> out;
  std::ranges::copy_if(in_order, std::back_inserter(out), [&](Enum item) { return set.allows(item); });
  return out;
}
template <typename T, typename U>
std::vector<U> or_else(const std::vector<T>& wanted, U otherwise) {
  return wanted.empty() ? std::vector<U>{otherwise} : std::vector<U>(wanted.begin(), wanted.end());
}
template <typename T, typename U>
U first_or(const std::vector<T>& wanted, U otherwise) {
  return wanted.empty() ? otherwise : U(wanted.front());
}

/// Symptoms that meet a pattern, and nothing more than it asks for where one can help it; several, since what
/// it leaves open decides which earlier row holds.
class BrokerExamples {
 public:
  explicit BrokerExamples(const BrokerPattern& p) {
    using enum wire::Stage;
    const bool end = !p.end_reasons.empty();
    const auto stages = end ? std::vector{established}
                            : allowed(p.stages, {key_exchange, certificate_sent, client_hello, connected,
                                                 server_hello, client_certificate, finished});
    const auto sides = allowed(p.closed_by, {ClosedBy::broker, ClosedBy::client, ClosedBy::reset});
    for (const std::string& rule : p.every_violation) violations_.push_back({rule, "", ""});
    if (!p.violations.empty()) violations_.push_back({p.violations.front(), "", ""});
    for (const wire::Stage stage : stages) {
      for (const ClosedBy who : sides) {
        for (const std::string_view openssl :
             or_else(p.openssl, std::string_view("a reason without a row"))) {
          examples_.push_back(example(p, stage, who, openssl));
        }
      }
    }
  }
  const std::deque<BrokerSymptoms>& all() const { return examples_; }

 private:
  BrokerSymptoms example(const BrokerPattern& p, wire::Stage stage, ClosedBy who,
                         std::string_view openssl) const {
    BrokerSymptoms s;
    s.stage = stage;
    s.closed_by = who;
    s.openssl_reason = openssl;
    s.end_reason = first_or(p.end_reasons, std::string_view{});
    s.established = !s.end_reason.empty();
    if (!p.alerts_received.empty()) add(s, wire::Direction::received, p.alerts_received.front());
    if (!p.alerts_sent.empty()) add(s, wire::Direction::sent, p.alerts_sent.front());
    if (!p.verify_errors.empty()) s.verify = facts::Verify{p.verify_errors.front(), 0, ""};
    s.first_bytes =
        allowed(p.first_bytes, {FirstBytes::none, FirstBytes::mqtt, FirstBytes::http, FirstBytes::other})[0];
    s.server_dates =
        allowed(p.server_dates, {Dates::good, Dates::unknown, Dates::expired, Dates::not_yet_valid})[0];
    s.server_name =
        allowed(p.server_names, {ServerName::unknown, ServerName::matches, ServerName::differs})[0];
    s.server_key_use =
        allowed(p.server_key_uses, {KeyUse::unknown, KeyUse::usable, KeyUse::unusable, KeyUse::no_cipher})[0];
    s.server_chain =
        allowed(p.server_chains, {ServerChain::unknown, ServerChain::longer, ServerChain::leaf_only,
                                  ServerChain::incomplete, ServerChain::self_signed})[0];
    s.server_signature = allowed(p.server_signatures, {ServerSignature::unknown, ServerSignature::current,
                                                       ServerSignature::deprecated})[0];
    s.said_nothing = p.said_nothing.value_or(false);
    s.rtt_ms = p.rtt_ms_at_least.value_or(0);
    s.offered_version = first_or(p.offered_versions, std::uint16_t{0x0303});
    s.client_certificate_asked = p.client_certificate_asked.value_or(false);
    s.psk_offered = p.psk_offered.value_or(false);
    s.server_key = first_or(p.server_keys, std::string_view("RSA"));
    s.violations = violations_;
    s.retransmits = p.retransmits_at_least.value_or(0);
    s.lasted_ms = p.lasted_ms_at_least.value_or(0);
    return s;
  }
  static void add(BrokerSymptoms& s, wire::Direction direction, std::uint8_t description) {
    s.alerts.items[s.alerts.count++] = {direction, 2, description};
  }

  std::vector<policy::Violation> violations_;
  std::deque<BrokerSymptoms> examples_;
};

std::vector<DeviceSymptoms> device_examples(const DevicePattern& p) {
  std::vector<DeviceSymptoms> out;
  const std::vector<Range> any_code{{0, 0}};
  for (const Range& code : p.codes.empty() ? any_code : p.codes) {
    DeviceSymptoms s;
    s.stack = p.stacks.front();
    s.phase = first_or(p.phases, std::string_view("tls"));
    s.code = code.first;
    s.detail = p.details.empty() ? 0 : p.details.front().first;
    s.clock_set = p.clock_set.value_or(true);
    s.count = p.counts.empty() ? 1 : static_cast<std::uint32_t>(p.counts.front().first);
    s.recovered = p.recovered.value_or(false);
    s.unseen = p.unseen.value_or(false);
    s.now_server_key = first_or(p.now_server_keys, std::string_view{});
    s.now_cipher = first_or(p.now_ciphers, std::uint16_t{0});
    out.push_back(s);
  }
  return out;
}

bool decides(const Rule& rule, const BrokerSymptoms* broker, const std::vector<DeviceSymptoms>& devices) {
  if (devices.empty()) return find(shipped(), broker, nullptr).rule == &rule;
  return std::ranges::any_of(
      devices, [&](const DeviceSymptoms& d) { return find(shipped(), broker, &d).rule == &rule; });
}

bool reachable(const Rule& rule, const std::vector<DeviceSymptoms>& devices) {
  if (!rule.broker) return decides(rule, nullptr, devices);
  const BrokerExamples examples(*rule.broker);
  return std::ranges::any_of(examples.all(),
                             [&](const BrokerSymptoms& broker) { return decides(rule, &broker, devices); });
}

TEST(ShippedRules, each_one_decides_for_symptoms_made_of_its_own_conditions) {
  for (const Rule& rule : shipped().rules) {
    if (rule.device.empty()) {
      EXPECT_TRUE(reachable(rule, {})) << rule.name;
    }
    for (std::size_t i = 0; i < rule.device.size(); ++i) {
      EXPECT_TRUE(reachable(rule, device_examples(rule.device[i])))
          << rule.name << ", device " << i << " (" << rule.device[i].stacks.front() << ")";
    }
  }
}

TEST(ShippedRules, each_cause_of_the_contract_has_one) {
  std::set<std::string_view> named;
  for (const Rule& rule : shipped().rules) named.insert(rule.cause);
  for (const std::string_view cause : catalog::kCauseIds) EXPECT_TRUE(named.contains(cause)) << cause;
}

// A cause on both sides of which something speaks has a row over both; the rest has nothing to speak on one.
TEST(ShippedRules, each_cause_with_two_sides_has_one_over_both) {
  constexpr std::string_view kOneSided[] = {"dns-failure",
                                            "tcp-connect-failure",
                                            "tls-on-plain-port",
                                            "not-tls",
                                            "scanner",
                                            "connection-closed-by-device",
                                            "unknown"};
  std::set<std::string_view> named;
  for (const Rule& rule : shipped().rules) {
    if (rule.broker && !rule.device.empty()) named.insert(rule.cause);
  }
  for (const std::string_view cause : catalog::kCauseIds) {
    const bool one_sided = std::ranges::find(kOneSided, cause) != std::end(kOneSided);
    EXPECT_EQ(named.contains(cause), !one_sided) << cause;
  }
}

}  // namespace
}  // namespace tlswatch::diagnose
