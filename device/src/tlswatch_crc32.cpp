#include "tlswatch_crc32.h"

namespace tlswatch {
namespace device {

uint32_t crc32(const void* bytes, size_t n, uint32_t before) {
  const uint8_t* p = static_cast<const uint8_t*>(bytes);
  const uint8_t* const end = p + n;
  uint32_t crc = ~before;
  while (p != end) {
    crc ^= *p++;
    for (int bit = 8; bit != 0; --bit) {
      const bool odd = (crc & 1) != 0;
      crc >>= 1;
      if (odd) crc ^= 0xEDB88320u;
    }
  }
  return ~crc;
}

}  // namespace device
}  // namespace tlswatch
