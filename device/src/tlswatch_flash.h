// Constants out of flash that is read in whole words.
//
// On the ESP8266 flash appears in the address space, but a load of less than 32 bits, or of an address that
// is not a multiple of four, traps; unless the core emulates it (NON32XFER_HANDLER), slowly. BearSSL reads
// keys and certificates byte by byte. So they are copied first, to memory that is lent while the handshake
// runs.
#ifndef TLSWATCH_FLASH_H
#define TLSWATCH_FLASH_H

#include <stddef.h>

namespace tlswatch {
namespace device {

/// Copies n bytes from flash, wherever they begin, by aligned 32-bit loads alone. Loads whole words: up to
/// three bytes before `from` and behind its end are read, too, and must be readable, as in flash they are.
void copy_from_flash(void* to, const void* from, size_t n);

}  // namespace device
}  // namespace tlswatch

#endif
