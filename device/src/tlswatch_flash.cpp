#include "tlswatch_flash.h"

#include <stdint.h>

namespace tlswatch {
namespace device {

void copy_from_flash(void* to, const void* from, size_t n) {
  constexpr uintptr_t kInWord = sizeof(uint32_t) - 1;
  uint8_t* out = static_cast<uint8_t*>(to);
  const uintptr_t address = reinterpret_cast<uintptr_t>(from);
  const volatile uint32_t* word = reinterpret_cast<const volatile uint32_t*>(address & ~kInWord);
  size_t skip = address & kInWord;
  // Volatile, so that the compiler does not make byte loads of it again. Little-endian, as the chip is.
  while (n != 0) {
    uint32_t bytes = *word++ >> (8 * skip);
    for (size_t left = sizeof bytes - skip; left != 0 && n != 0; --left, --n, bytes >>= 8)
      *out++ = static_cast<uint8_t>(bytes);
    skip = 0;
  }
}

}  // namespace device
}  // namespace tlswatch
