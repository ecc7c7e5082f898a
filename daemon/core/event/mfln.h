#pragma once

#include <optional>

#include "daemon/core/event/events.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::event {

/// What the record lengths of a session are compared with.
struct MflnInput {
  std::uint16_t requested = 0;   ///< bytes; 0: none
  std::uint16_t negotiated = 0;  ///< bytes; 0: none
  std::uint16_t version = 0;
  std::uint16_t cipher_suite = 0;
  bool encrypt_then_mac = false;
  std::optional<std::uint32_t> buffer_bytes;  ///< of the device's profile
  const facts::Traffic* traffic = nullptr;
};

/// Compares the longest records that the broker sent with what was agreed (RFC 6066 section 4).
///
/// max_record_sent is exact for stream and AEAD suites; with CBC it is a lower bound, as padding hides the
/// rest. honoured is false only where a record was longer beyond doubt. records_over_buffer counts by the
/// next limit that the plugin counts (512, 1024, 2048, 4096) at or above the buffer, so it may be too low,
/// never too high; nothing where the buffer is above 4096.
Mfln measure_mfln(const MflnInput& input);

}  // namespace tlswatch::event
