// What came of a boot: result.json, one line. The fields of tlswatch-device, without the code's name, and
// what only the emulated device can tell:
//
//   stack, phase, detail   of the failure, as in a report
//   learned                a server key was learnt and stored
//   handshake_stack        bytes of the second stack that were used
//   main_stack             bytes of the main stack that the module used, below its caller
//   ticks                  of the cycle counter, from the attempt's start until CONNECT was handed over
#ifndef TLSWATCH_FIRMWARE_RESULT_H
#define TLSWATCH_FIRMWARE_RESULT_H

#include "tlswatch_reference.h"

namespace tlswatch {
namespace firmware {

/// Writes the file. False on an I/O error.
bool write_result(const device::ReferenceOutcome& outcome, const device::TlsClient& tls);

}  // namespace firmware
}  // namespace tlswatch

#endif
