#pragma once

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/diagnose/knowledge.h"
#include "daemon/core/event/events.h"

namespace tlswatch::event {

/// What a diagnosis says where no row of the knowledge holds.
inline constexpr std::string_view kUnknownCause = "unknown";
inline constexpr std::string_view kUnknownFix =
    "Neither side said why. Look at the device's own log, or flash the device module: its report names the "
    "cause.";

/// DeviceSide: one error that a device told, and what the catalog says of it.
struct DeviceSide {
  diagnose::DeviceSymptoms symptoms;
  const catalog::Answer& answer;
};

/// What the catalog says of an error that a device told; detail 0: it had nothing to add.
inline catalog::Answer answer_to(std::int64_t code, std::optional<catalog::Stack> stack,
                                 std::int64_t detail) {
  return catalog::lookup(code, stack,
                         detail != 0 ? std::optional(static_cast<std::int32_t>(detail)) : std::nullopt);
}
inline catalog::Answer answer_to(const diagnose::DeviceSymptoms& told) {
  return answer_to(told.code, catalog::find_stack(told.stack), told.detail);
}

/// Fills in cause, confidence, rule, fix, alternatives and evidence from what was seen on either side or
/// both. Where no row holds for the device's error, or only the broker's silence is known besides, the
/// catalog's likeliest cause is taken with little confidence and the others are alternatives; where that has
/// none either, the cause is unknown.
///
/// broker, device  null: not known; not both
/// returns         the row that decided (so `benign` too), or null. Lives as long as the knowledge
const diagnose::Rule* conclude(const diagnose::Knowledge& knowledge, const diagnose::BrokerSymptoms* broker,
                               const DeviceSide* device, Diagnosis& out);

/// "Device esp-7 could not connect: no-shared-cipher (confidence 0.95)".
std::string diagnosis_message(const Diagnosis& diagnosis);

}  // namespace tlswatch::event
