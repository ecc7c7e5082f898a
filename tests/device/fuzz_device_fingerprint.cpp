// The fingerprint parser: any text; what it takes as a key is a key, and comes back from its own hex digits.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tlswatch_fingerprint.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  FingerprintSlot slot{};
  if (!parse_fingerprint(text.c_str(), &slot)) return 0;
  if (slot.mode == SlotMode::unused) std::abort();
  if (slot.mode != SlotMode::key) return 0;
  std::string hex;
  char digits[3];
  for (const std::uint8_t byte : slot.fingerprint.bytes) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(byte));
    hex += digits;
  }
  FingerprintSlot again{};
  if (!parse_fingerprint(hex.c_str(), &again) || !fingerprint_equal(slot.fingerprint, again.fingerprint))
    std::abort();
  return 0;
}
