#include "daemon/core/event/diagnosis.h"

#include <array>
#include <charconv>

#include "daemon/core/event/handshake.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::event {
namespace {

/// A code alone, read by the catalog: its likeliest cause is a guess.
constexpr double kCatalogConfidence = 0.4;

void take(const diagnose::Rule& rule, Diagnosis& out) {
  out.cause = rule.cause;
  out.confidence = rule.confidence;
  out.fix = rule.fix;
}

std::string code_sentence(const diagnose::DeviceSymptoms& symptoms, const catalog::Answer& answer) {
  std::string out(symptoms.stack);
  out += " code " + std::to_string(symptoms.code);
  if (answer.known()) out += " (" + answer.name + ")";
  if (!symptoms.phase.empty()) out.append(" in phase ").append(symptoms.phase);
  if (symptoms.detail != 0) out += ", detail " + std::to_string(symptoms.detail);
  return out;
}

}  // namespace

bool diagnose_broker_side(const diagnose::Knowledge& knowledge, const diagnose::BrokerSymptoms& symptoms,
                          Diagnosis& out) {
  out.evidence = diagnose::describe(symptoms);
  out.cause = kUnknownCause;
  out.fix = kUnknownFix;
  const diagnose::Rule* rule = diagnose::find(knowledge, symptoms);
  if (rule == nullptr) return false;
  take(*rule, out);
  return true;
}

void diagnose_device_side(const diagnose::Knowledge& knowledge, const diagnose::DeviceSymptoms& symptoms,
                          const catalog::Answer& answer, Diagnosis& out) {
  out.evidence.push_back({diagnose::Side::device, code_sentence(symptoms, answer)});
  if (!symptoms.clock_set) out.evidence.push_back({diagnose::Side::device, "its clock was not set"});
  out.cause = kUnknownCause;
  out.fix = kUnknownFix;
  if (const diagnose::Rule* rule = diagnose::find(knowledge, symptoms)) return take(*rule, out);
  if (!answer.known()) return;
  if (!answer.fix.empty()) out.fix = answer.fix;
  if (answer.causes.empty()) return;
  out.cause = catalog::cause_id(*answer.causes.begin());
  out.confidence = kCatalogConfidence;
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
