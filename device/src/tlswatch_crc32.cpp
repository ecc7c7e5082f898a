#include "tlswatch_crc32.h"

namespace tlswatch {
namespace device {

uint32_t crc32(const void* bytes, size_t n, uint32_t before) {
  const uint8_t* p = static_cast<const uint8_t*>(bytes);
  uint32_t crc = ~before;
  for (size_t i = 0; i < n; ++i) {
    crc ^= p[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

}  // namespace device
}  // namespace tlswatch
