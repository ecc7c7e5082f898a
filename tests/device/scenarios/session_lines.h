// One session of the event log, in lines short enough for a table.
#pragma once

#include <string>
#include <vector>

#include "event_log.h"
#include "memory.h"

namespace tlswatch::device_scenarios {

/// The sessions in the order of their session-start lines, each with its other lines in the log's order:
///   "TLS_RSA_WITH_AES_128_GCM_SHA256, mfln 1024 honoured"     the handshake; ", resumed"
///   "no handshake after certificate-sent, sent decode_error"  a failed one, with the alerts
///   "is ID"                                                   identified
///   "report e1/1 tasmota 1 FINGERPRINT_MISMATCH x1"           one error of a report; eras by name
///   "cause fingerprint-mismatch"                              a diagnosis, with each session that it names;
///                                                             ", told by ID" where a report has said whose
///                                                             they are; ", of 2 sessions"
///   "end disconnect"
/// A line of another kind is its event.action. What is said of incidents is left out.
std::vector<std::vector<std::string>> session_lines(const std::vector<harness::Event>& events,
                                                    EraNames& eras);

/// The line of a device-report.
std::string report_line(const harness::Event& event, EraNames& eras);

}  // namespace tlswatch::device_scenarios
