// The reference device of this build, with all the memory that a firmware gives it. See variant.h.
#ifndef TLSWATCH_FIRMWARE_REFERENCE_H
#define TLSWATCH_FIRMWARE_REFERENCE_H

#include "settings.h"
#include "tlswatch_reference.h"

namespace tlswatch {
namespace firmware {

/// Sets everything up. Returns null, or what is missing. `settings` and the rest must outlive the device.
const char* configure(const Settings& settings, const device::Store& flash_learnt,
                      const device::Store& session);

/// The device, after configure(). transport must outlive it.
device::ReferenceDevice& reference_device(const device::Transport& transport);

device::Recorder& recorder();

}  // namespace firmware
}  // namespace tlswatch

#endif
