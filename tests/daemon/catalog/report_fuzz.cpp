#include <cstdint>
#include <cstdlib>

#include "daemon/core/report/report.h"
#include "daemon/core/text/utf8.h"

/// Any bytes as a device report: bounded, clean, or an error that says what.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  const auto report = report::read_report({data, size});
  if (!report) {
    if (report.error().what.empty()) std::abort();
    return 0;
  }
  if (report->entries.size() > report::kMaxEntries || report->firmware.size() > report::kMaxFirmwareBytes)
    std::abort();
  if (!text::is_clean(report->firmware)) std::abort();
  return 0;
}
