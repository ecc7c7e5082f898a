// Fingerprints learnt at an earlier connection, kept in a store of 52 bytes.
#ifndef TLSWATCH_LEARNT_H
#define TLSWATCH_LEARNT_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_fingerprint.h"
#include "tlswatch_store.h"

namespace tlswatch {
namespace device {

/// The stored form, in the device's own byte order.
struct LearntFingerprints {
  uint32_t magic;
  uint32_t crc;     ///< of what follows
  uint32_t learnt;  ///< bit i: slot i
  Fingerprint fingerprints[kFingerprintSlots];
};
static_assert(sizeof(LearntFingerprints) == 52, "no padding");

/// Turns slots that are to learn, and have learnt before, into slots that hold a key. Nothing happens without
/// a store, or where what it holds is not ours.
void apply_learnt(const Store& store, FingerprintSlot (&slots)[kFingerprintSlots]);

/// Keeps what slot `index` has learnt. False if there is nowhere to keep it.
bool keep_learnt(const Store& store, size_t index, const Fingerprint& fingerprint);

}  // namespace device
}  // namespace tlswatch

#endif
