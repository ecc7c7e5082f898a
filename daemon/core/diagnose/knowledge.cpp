#include "daemon/core/diagnose/knowledge.h"

#include <algorithm>
#include <cmath>

namespace tlswatch::diagnose {
namespace {

/// Evidence that other evidence contradicts is never certain.
constexpr double kMostContested = 0.99;
/// Less than one in a hundred is no alternative.
constexpr double kWorthNaming = 0.01;

constexpr std::string_view kSilence[] = {"connection-closed-by-device", "connection-reset", "unknown"};

double rounded(double confidence) noexcept {
  return std::round(confidence * 1000) / 1000;
}

/// Which list of rows: by the sides that they are about.
struct Sides {
  const BrokerSymptoms* broker;
  const DeviceSymptoms* device;

  bool hold(const Rule& rule) const noexcept {
    if (rule.broker.has_value() != (broker != nullptr) || rule.device.empty() != (device == nullptr)) {
      return false;
    }
    if (broker != nullptr && !holds(*rule.broker, *broker)) return false;
    return device == nullptr || std::ranges::any_of(rule.device, [&](const DevicePattern& pattern) {
             return holds(pattern, *device);
           });
  }
};

const Rule* first(const Knowledge& knowledge, const Sides& sides) noexcept {
  const auto found = std::ranges::find_if(knowledge.rules, [&](const Rule& r) { return sides.hold(r); });
  return found == knowledge.rules.end() ? nullptr : &*found;
}

bool names(const Rule& rule, std::string_view cause) noexcept {
  return std::ranges::find(rule.or_causes, cause) != rule.or_causes.end();
}

/// What a row of two minds believes of each cause in its `or`: an equal share of what it leaves open, one
/// share for what nobody thought of.
double share(const Rule& rule) noexcept {
  return (1 - rule.confidence) / static_cast<double>(rule.or_causes.size() + 1);
}

double agreed(double a, double b) noexcept {
  return 1 - (1 - a) * (1 - b);
}

/// Shafer's rule for two beliefs in different causes: what `a` is worth where `b` contradicts it.
double contested(double a, double b) noexcept {
  a = std::min(a, kMostContested);
  b = std::min(b, kMostContested);
  return a * (1 - b) / (1 - a * b);
}

void add(std::string_view cause, double confidence, Finding& out) noexcept {
  if (cause != out.rule->cause) out.alternatives.add(cause, rounded(confidence));
}

/// The deciding row's `or`, and the rows behind it that hold as well. An end without a reason is no other
/// reason.
void add_alternatives(const Knowledge& knowledge, const Rule& decided, const Sides& sides,
                      Finding& out) noexcept {
  for (const std::string& cause : decided.or_causes) add(cause, share(decided), out);
  if (1 - decided.confidence < kWorthNaming) return;
  const Rule* const end = knowledge.rules.data() + knowledge.rules.size();
  for (const Rule* rule = &decided + 1; rule != end; ++rule) {
    if (!sides.hold(*rule) || (is_silence(rule->cause) && !is_silence(decided.cause))) continue;
    add(rule->cause, rule->confidence * (1 - decided.confidence), out);
  }
}

Finding one_list(const Knowledge& knowledge, const Rule& rule, const Sides& sides) noexcept {
  Finding out;
  out.rule = &rule;
  out.confidence = rounded(rule.confidence);
  add_alternatives(knowledge, rule, sides, out);
  return out;
}

struct Verdict {
  bool device_decides;
  double confidence;
  double lost;  ///< confidence of the cause that lost; 0: it is none of its own
};

Verdict weigh(const Rule& broker, const Rule& device) noexcept {
  const double b = broker.confidence;
  const double d = device.confidence;
  const bool surer = d >= b;
  if (broker.cause == device.cause) return {surer, agreed(b, d), 0};
  const bool broker_doubts = names(broker, device.cause);
  const bool device_doubts = names(device, broker.cause);
  if (broker_doubts && (!device_doubts || surer)) {
    return {true, agreed(d, share(broker)), is_silence(broker.cause) ? 0 : b * (1 - d)};
  }
  if (device_doubts) return {false, agreed(b, share(device)), is_silence(device.cause) ? 0 : d * (1 - b)};
  if (is_silence(broker.cause) != is_silence(device.cause)) {
    return is_silence(broker.cause) ? Verdict{true, d, b * (1 - d)} : Verdict{false, b, d * (1 - b)};
  }
  return surer ? Verdict{true, contested(d, b), contested(b, d)}
               : Verdict{false, contested(b, d), contested(d, b)};
}

}  // namespace

bool covers(const Rule& earlier, const Rule& later) {
  if (earlier.broker.has_value() != later.broker.has_value()) return false;
  if (earlier.device.empty() != later.device.empty()) return false;
  if (earlier.broker && !covers(*earlier.broker, *later.broker)) return false;
  return std::ranges::all_of(later.device, [&](const DevicePattern& narrow) {
    return std::ranges::any_of(earlier.device,
                               [&](const DevicePattern& wide) { return covers(wide, narrow); });
  });
}

bool is_silence(std::string_view cause) noexcept {
  return std::ranges::find(kSilence, cause) != std::end(kSilence);
}

void Alternatives::add(std::string_view cause, double confidence) noexcept {
  if (confidence < kWorthNaming || size_ == items_.size() || cause == "unknown") return;
  if (std::ranges::find(begin(), end(), cause, &Alternative::cause) != end()) return;
  items_[size_++] = {cause, confidence};
}

Finding find(const Knowledge& knowledge, const BrokerSymptoms* broker,
             const DeviceSymptoms* device) noexcept {
  const Sides both{broker, device};
  if (broker != nullptr && device != nullptr) {
    if (const Rule* rule = first(knowledge, both)) return one_list(knowledge, *rule, both);
  }
  const Sides of_broker{broker, nullptr};
  const Sides of_device{nullptr, device};
  const Rule* const b = broker != nullptr ? first(knowledge, of_broker) : nullptr;
  const Rule* const d = device != nullptr ? first(knowledge, of_device) : nullptr;
  Finding out;
  if (b == nullptr && d == nullptr) return out;
  if (b == nullptr || d == nullptr) {
    out = d != nullptr ? one_list(knowledge, *d, of_device) : one_list(knowledge, *b, of_broker);
    out.device_rule = d;
    return out;
  }
  const Verdict verdict = weigh(*b, *d);
  const Rule& decided = verdict.device_decides ? *d : *b;
  const Rule& other = verdict.device_decides ? *b : *d;
  out.rule = &decided;
  out.confidence = rounded(verdict.confidence);
  out.device_rule = d;
  add_alternatives(knowledge, decided, verdict.device_decides ? of_device : of_broker, out);
  if (other.cause == decided.cause) {
    add_alternatives(knowledge, other, verdict.device_decides ? of_broker : of_device, out);
  }
  add(other.cause, verdict.lost, out);
  return out;
}

}  // namespace tlswatch::diagnose
