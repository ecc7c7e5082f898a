#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/src/tlswatch_report.h"
#include "plugin/wire/cursor.h"
#include "plugin/wire/result.h"

/// The device report, read: what a device remembers of its last TLS errors. Its layout belongs to the device
/// (device/src/tlswatch_report.h); all of it is a claim of the device's.
namespace tlswatch::report {

inline constexpr std::size_t kMaxReportBytes = 2048;  ///< what a record carries (plugin/wire/FORMAT.md)
inline constexpr std::size_t kMaxEntries = 32;  ///< five times what a device keeps; further ones are counted
inline constexpr std::size_t kMaxFirmwareBytes = 64;  ///< of clean UTF-8

/// ReportEntry: one remembered error.
struct ReportEntry {
  device::Stack stack{};
  device::Phase phase{};
  std::int32_t code = 0;
  std::int32_t detail = 0;                  ///< MQTT rc, verify flags; 0 where there is nothing to add
  std::uint32_t seq = 0;                    ///< (Report::era, seq) names an error for ever
  std::uint32_t count = 1;                  ///< how often in a row
  std::uint64_t at_unix_s = 0;              ///< time of the last one; 0: the device's clock was not set
  std::optional<std::uint32_t> ago_s;       ///< seconds before the report; nothing: not known
  std::optional<std::uint32_t> heap_bytes;  ///< free then
};

struct Report {
  std::uint32_t era = 0;
  std::uint32_t boot = 0;
  std::string firmware;  ///< clean UTF-8, at most kMaxFirmwareBytes; empty: not said
  std::uint32_t uptime_s = 0;
  std::vector<ReportEntry> entries;  ///< oldest first
  std::size_t skipped_entries = 0;   ///< beyond kMaxEntries
};

/// What is wrong with a payload, and where.
struct ReportError {
  enum class Kind : std::uint8_t {
    too_long,       ///< above kMaxReportBytes
    not_json,       ///< no JSON, or more than one value
    not_a_report,   ///< JSON, but no object with a "v"
    wrong_version,  ///< "v" is another than this reader's
    bad_member,     ///< a member is missing, of the wrong type or out of range
  };
  Kind kind{};
  std::string
      what;  ///< one sentence for people, with the member's path, such as errs[2].c; our own words only
};

/// Reads a device report.
///
/// payload  of the PUBLISH; outside bytes
/// returns  plain values, ranges checked; members it does not know are ignored
/// errors   see ReportError::Kind. An entry that is wrong makes the report wrong: a device does not half-lie
/// limits   nesting costs no stack (iterative parser); memory is bounded by kMaxReportBytes
Result<Report, ReportError> read_report(wire::Bytes payload);

}  // namespace tlswatch::report
