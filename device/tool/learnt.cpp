#include "learnt.h"

#include <cstdint>

#include "tlswatch_crc32.h"

namespace tlswatch::device::tool {
namespace {

constexpr std::uint32_t kMagic = 0x31465754;  // "TWF1"

struct Stored {
  std::uint32_t magic;
  std::uint32_t crc;     // of what follows
  std::uint32_t learnt;  // bit i: slot i
  Fingerprint fingerprints[kFingerprintSlots];
};
static_assert(sizeof(Stored) == 52, "no padding");

std::uint32_t checksum(const Stored& stored) {
  const std::uint32_t head = crc32(&stored.learnt, sizeof stored.learnt);
  return crc32(stored.fingerprints, sizeof stored.fingerprints, head);
}

bool load(const host::FileStore& flash, Stored& stored) {
  return flash.load(host::kLearntOffset, &stored, sizeof stored) && stored.magic == kMagic &&
         stored.crc == checksum(stored);
}

}  // namespace

void apply_learnt(const host::FileStore& flash, Slots& slots) {
  Stored stored;
  if (!load(flash, stored)) return;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].mode != SlotMode::learn || (stored.learnt & (1u << i)) == 0) continue;
    slots[i].mode = SlotMode::key;
    slots[i].fingerprint = stored.fingerprints[i];
  }
}

bool keep_learnt(const host::FileStore& flash, std::size_t index, const Fingerprint& fingerprint) {
  if (!flash.is_open() || index >= kFingerprintSlots) return false;
  Stored stored = {};
  if (!load(flash, stored)) stored = {};
  stored.magic = kMagic;
  stored.learnt |= 1u << index;
  stored.fingerprints[index] = fingerprint;
  stored.crc = checksum(stored);
  return flash.save(host::kLearntOffset, &stored, sizeof stored);
}

}  // namespace tlswatch::device::tool
