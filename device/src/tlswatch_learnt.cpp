#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_crc32.h"
#include "tlswatch_learnt.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kMagic = 0x31465754;  // "TWF1"

uint32_t checksum(const LearntFingerprints& stored) {
  constexpr size_t kStart = offsetof(LearntFingerprints, learnt);
  return crc32(reinterpret_cast<const uint8_t*>(&stored) + kStart, sizeof stored - kStart);
}

bool load(const Store& store, LearntFingerprints& stored) {
  return store.load != nullptr && store.load(store.context, &stored, sizeof stored) &&
         stored.magic == kMagic && stored.crc == checksum(stored);
}

}  // namespace

void apply_learnt(const Store& store, FingerprintSlot (&slots)[kFingerprintSlots]) {
  LearntFingerprints stored;
  if (!load(store, stored)) return;
  for (size_t i = 0; i < kFingerprintSlots; ++i) {
    if (slots[i].mode != SlotMode::learn || (stored.learnt & (1u << i)) == 0) continue;
    slots[i].mode = SlotMode::key;
    slots[i].fingerprint = stored.fingerprints[i];
  }
}

bool keep_learnt(const Store& store, size_t index, const Fingerprint& fingerprint) {
  if (store.save == nullptr || index >= kFingerprintSlots) return false;
  LearntFingerprints stored;
  if (!load(store, stored)) memset(&stored, 0, sizeof stored);
  stored.magic = kMagic;
  stored.learnt |= 1u << index;
  stored.fingerprints[index] = fingerprint;
  stored.crc = checksum(stored);
  return store.save(store.context, &stored, sizeof stored);
}

}  // namespace device
}  // namespace tlswatch

#endif
