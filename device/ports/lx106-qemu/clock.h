// Time on the emulated core, from its cycle counter.
//
// QEMU runs the lx106 core at 40 MHz of its virtual clock. That is the host's clock, so milliseconds are true
// ones, except under -icount shift=0: then an instruction takes one nanosecond, waiting takes none, and the
// counter ticks once every 25 instructions.
#ifndef TLSWATCH_LX106_CLOCK_H
#define TLSWATCH_LX106_CLOCK_H

#include <stdint.h>

namespace tlswatch {
namespace lx106 {

constexpr uint32_t kTicksPerMs = 40000;
/// Under -icount shift=0.
constexpr uint32_t kInstructionsPerTick = 25;

/// The cycle counter; wraps around after 107 seconds.
uint32_t ticks();
/// Milliseconds since the first call. To be called at least once in 107 seconds.
uint32_t now_ms();

}  // namespace lx106
}  // namespace tlswatch

#endif
