// Fingerprints learnt at an earlier connection, kept in flash.
#pragma once

#include <array>

#include "file_store.h"
#include "tlswatch_fingerprint.h"

namespace tlswatch::device::tool {

using Slots = std::array<FingerprintSlot, kFingerprintSlots>;

/// Turns slots that are to learn, and have learnt before, into slots that hold a key. Nothing happens without
/// flash, or where what it holds is not ours.
void apply_learnt(const host::FileStore& flash, Slots& slots);

/// Keeps what slot `index` has learnt. False if there is no flash to keep it in.
bool keep_learnt(const host::FileStore& flash, std::size_t index, const Fingerprint& fingerprint);

}  // namespace tlswatch::device::tool
