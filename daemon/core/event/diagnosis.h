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

/// Fills in cause, confidence, fix and evidence from the row that holds for the broker's side; the unknown
/// cause where none does.
///
/// returns  whether a row held
bool diagnose_broker_side(const diagnose::Knowledge& knowledge, const diagnose::BrokerSymptoms& symptoms,
                          Diagnosis& out);

/// The same for one error that a device told. Where no row holds, the catalog's likeliest cause is taken with
/// little confidence.
void diagnose_device_side(const diagnose::Knowledge& knowledge, const diagnose::DeviceSymptoms& symptoms,
                          const catalog::Answer& answer, Diagnosis& out);

/// "Device esp-7 could not connect: no-shared-cipher (confidence 0.95)".
std::string diagnosis_message(const Diagnosis& diagnosis);

}  // namespace tlswatch::event
