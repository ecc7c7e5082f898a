// Compiled twice, as C++11 and as C++20, both without a standard library: what the daemon and other firmwares
// include.
#include "tlswatch_codes.h"
#include "tlswatch_report.h"

static_assert(tlswatch::device::kFingerprintMismatch == 1, "Tasmota's number");
static_assert(tlswatch::device::kReportMax < tlswatch::device::kReportPacketMax, "framing takes its part");
