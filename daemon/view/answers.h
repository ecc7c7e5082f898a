#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/reader.h"
#include "daemon/store/rows.h"
#include "daemon/view/diagnosis.h"
#include "daemon/view/timeline.h"

/// Whole answers as JSON with a newline: what `tlswatch VERB --json` prints and the HTTP API sends
/// (daemon/http/openapi.json).
namespace tlswatch::view {

std::string totals_json(const store::Totals& totals, std::string_view version,
                        const std::vector<std::string>& brokers);
std::string devices_json(const store::Page<store::DeviceRow>& page);
/// One for each broker that knows the id.
std::string device_json(const std::vector<DeviceStory>& stories);
std::string incidents_json(const store::Page<store::IncidentRow>& page);
/// `diagnoses`: latest first; the newest says what to do, `fixes` where none is kept.
std::string incident_json(const store::IncidentRow& incident, const std::vector<store::VictimRow>& victims,
                          const std::vector<store::LineRow>& diagnoses, const FixByCause& fixes);
std::string certificates_json(const std::vector<store::CertificateRow>& certificates);
std::string compliance_json(const std::vector<store::ComplianceRow>& rows);
std::string hours_json(const std::vector<store::HourRow>& hours);
/// An error's sentence says the remedy; it is sanitised here.
std::string error_json(int status, std::string_view sentence);

}  // namespace tlswatch::view
