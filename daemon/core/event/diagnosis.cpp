#include "daemon/core/event/diagnosis.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/core/event/handshake.h"
#include "daemon/core/text/utf8.h"
#include "daemon/core/tls/cipher_suite.h"

namespace tlswatch::event {
namespace {

/// A code alone, read by the catalog: its likeliest cause is a guess.
constexpr double kCatalogConfidence = 0.4;

static_assert(catalog::CauseList::kMax + 1 <= diagnose::kMaxAlternatives);

std::string code_sentence(const diagnose::DeviceSymptoms& symptoms, const catalog::Answer& answer) {
  std::string out(symptoms.stack);
  out += " code " + std::to_string(symptoms.code);
  if (answer.known()) out += " (" + answer.name + ")";
  if (!symptoms.phase.empty()) out.append(" in phase ").append(symptoms.phase);
  if (symptoms.detail != 0) out += ", detail " + std::to_string(symptoms.detail);
  return out;
}

/// What came of a device that has got through since, where the row says that this matters.
std::string recovered_sentence(const diagnose::DeviceSymptoms& s) {
  std::string out = "it has connected since";
  if (!s.now_server_key.empty()) out += ", to a key of kind " + text::to_utf8(s.now_server_key);
  if (const std::string_view cipher = tls::cipher_suite_name(s.now_cipher); !cipher.empty()) {
    out.append(", by ").append(cipher);
  }
  return out;
}

bool asks_what_came_then(const diagnose::Rule& rule) {
  return std::ranges::any_of(rule.device, [](const diagnose::DevicePattern& p) {
    return p.recovered.has_value() || !p.now_server_keys.empty() || !p.now_ciphers.empty();
  });
}

void add_evidence(const DeviceSide& device, const diagnose::Rule* rule,
                  std::vector<diagnose::Evidence>& out) {
  std::vector<std::string> sentences{code_sentence(device.symptoms, device.answer)};
  if (device.symptoms.count > 1) {
    sentences.push_back(std::to_string(device.symptoms.count) + " times in a row");
  }
  if (device.symptoms.unseen) sentences.emplace_back("the broker's TLS saw no such try of it");
  if (!device.symptoms.clock_set) sentences.emplace_back("its clock was not set");
  if (rule != nullptr && asks_what_came_then(*rule)) sentences.push_back(recovered_sentence(device.symptoms));
  out.resize(std::min(out.size(), diagnose::kMaxEvidence - sentences.size()));
  for (std::string& sentence : sentences) out.push_back({diagnose::Side::device, std::move(sentence)});
}

void take(const diagnose::Finding& finding, Diagnosis& out) {
  out.cause = finding.rule->cause;
  out.confidence = finding.confidence;
  out.rule = finding.rule->name;
  out.fix = finding.rule->fix;
  out.alternatives.assign(finding.alternatives.begin(), finding.alternatives.end());
}

/// The catalog's causes stand in for a row that is missing; `silence` is what the broker's side says, if
/// anything.
void take(const catalog::Answer& answer, const diagnose::Rule* silence, Diagnosis& out) {
  const double share = (1 - kCatalogConfidence) / static_cast<double>(answer.causes.size());
  for (const catalog::Cause cause : answer.causes) {
    if (cause == *answer.causes.begin() || cause == catalog::Cause::unknown) continue;
    out.alternatives.push_back({catalog::cause_id(cause), share});
  }
  if (silence != nullptr) out.alternatives.push_back({silence->cause, share});
  out.cause = catalog::cause_id(*answer.causes.begin());
  out.confidence = kCatalogConfidence;
  if (!answer.fix.empty()) out.fix = answer.fix;
}

}  // namespace

const diagnose::Rule* conclude(const diagnose::Knowledge& knowledge, const diagnose::BrokerSymptoms* broker,
                               const DeviceSide* device, Diagnosis& out) {
  const diagnose::Finding finding =
      diagnose::find(knowledge, broker, device != nullptr ? &device->symptoms : nullptr);
  const diagnose::Rule* rule = finding.rule;
  if (broker != nullptr) out.evidence = diagnose::describe(*broker);
  if (device != nullptr) add_evidence(*device, rule, out.evidence);
  out.cause = kUnknownCause;
  out.fix = kUnknownFix;
  const bool told = device != nullptr && finding.device_rule == nullptr && !device->answer.causes.empty();
  if (told && (rule == nullptr || (rule->device.empty() && diagnose::is_silence(rule->cause)))) {
    take(device->answer, rule, out);
    return nullptr;
  }
  if (rule != nullptr) take(finding, out);
  if (rule == nullptr && device != nullptr && !device->answer.fix.empty()) out.fix = device->answer.fix;
  return rule;
}

std::string diagnosis_message(const Diagnosis& diagnosis) {
  std::string out = diagnosis.outside_device_id.empty()
                        ? "The client at " + endpoint_text(diagnosis.source)
                        : "Device " + text::to_utf8(diagnosis.outside_device_id);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), diagnosis.confidence,
                                 std::chars_format::fixed, 2)
                       .ptr;
  out += ": ";
  out += diagnosis.cause;
  if (diagnosis.cause != kUnknownCause) out.append(" (confidence ").append(digits.data(), end) += ')';
  return out + ". " + std::string(diagnosis.fix);
}

}  // namespace tlswatch::event
