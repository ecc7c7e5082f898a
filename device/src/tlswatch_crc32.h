// CRC-32 (ISO-HDLC, the one of zlib), bit by bit: 1 KB of table would cost more flash than the speed is
// worth.
#ifndef TLSWATCH_CRC32_H
#define TLSWATCH_CRC32_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Returns the CRC-32 of n bytes, continuing `before` (0 to start): crc32(b, m, crc32(a, n)) is that of a
/// then b.
uint32_t crc32(const void* bytes, size_t n, uint32_t before = 0);

}  // namespace device
}  // namespace tlswatch

#endif
