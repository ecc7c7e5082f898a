// The network of the emulated device: file descriptors 0 and 1 are a TCP connection that stands already.
//
// So whether a name can be resolved and a port reached is decided before the device is switched on; what
// connect() answers is set here. The connection ends with the process.
#ifndef TLSWATCH_LX106_LINK_H
#define TLSWATCH_LX106_LINK_H

#include "tlswatch_transport.h"

namespace tlswatch {
namespace lx106 {

/// The functions for TlsClient. answer: what connect() is to say.
device::Transport link_transport(device::ConnectResult answer);

/// Fills bytes from the host's /dev/urandom; false if that failed.
bool host_random(void* bytes, size_t n);

/// The cycle counter when connect() was called, and when the first record of application data (MQTT's
/// CONNECT) had been handed over; 0: not yet.
uint32_t ticks_at_connect();
uint32_t ticks_at_first_data();

}  // namespace lx106
}  // namespace tlswatch

#endif
