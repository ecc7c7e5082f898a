// The recorder's port on the emulated device.
#ifndef TLSWATCH_LX106_RECORDER_PORT_H
#define TLSWATCH_LX106_RECORDER_PORT_H

#include <stdint.h>

#include "tlswatch_recorder.h"

namespace tlswatch {
namespace lx106 {

/// has_flash: flash.bin is open. clock_s: Unix time at this call, 0 while the clock is not set.
device::RecorderPort recorder_port(bool has_flash, uint32_t clock_s);

}  // namespace lx106
}  // namespace tlswatch

#endif
