// What the compiler calls and nothing here supplies: Debian's libgcc for lx106 has no division and no 64-bit
// product, and there is no C library. On the chip all of this is in the boot ROM, so it is no part of a
// firmware's size.
#include <stddef.h>
#include <stdint.h>

void* memcpy(void* restrict to, const void* restrict from, size_t n) {
  uint8_t* t = to;
  const uint8_t* f = from;
  if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0) {
    for (; n >= 4; n -= 4, t += 4, f += 4) *(uint32_t*)t = *(const uint32_t*)f;
  }
  while (n-- != 0) *t++ = *f++;
  return to;
}

void* memmove(void* to, const void* from, size_t n) {
  uint8_t* t = to;
  const uint8_t* f = from;
  if (t <= f) {
    while (n-- != 0) *t++ = *f++;
    return to;
  }
  while (n-- != 0) t[n] = f[n];
  return to;
}

void* memset(void* to, int value, size_t n) {
  uint8_t* t = to;
  while (n != 0 && ((uintptr_t)t & 3) != 0) {
    *t++ = (uint8_t)value;
    --n;
  }
  const uint32_t word = (uint8_t)value * 0x01010101u;
  for (; n >= 4; n -= 4, t += 4) *(uint32_t*)t = word;
  while (n-- != 0) *t++ = (uint8_t)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t n) {
  const uint8_t* x = a;
  const uint8_t* y = b;
  for (; n != 0; --n, ++x, ++y) {
    if (*x != *y) return *x < *y ? -1 : 1;
  }
  return 0;
}

size_t strlen(const char* text) {
  size_t n = 0;
  while (text[n] != '\0') ++n;
  return n;
}

int strcmp(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) ++a, ++b;
  return (uint8_t)*a - (uint8_t)*b;
}

// Long division, from the first bit that can matter. A division by zero gives what falls out.
static uint32_t divide(uint32_t n, uint32_t d, uint32_t* rest) {
  uint32_t quotient = 0;
  uint32_t remainder = n;
  if (d != 0 && n >= d) {
    for (int bit = __builtin_clz(d) - __builtin_clz(n); bit >= 0; --bit) {
      if (remainder < d << bit) continue;
      remainder -= d << bit;
      quotient |= (uint32_t)1 << bit;
    }
  }
  *rest = remainder;
  return quotient;
}

uint32_t __udivsi3(uint32_t n, uint32_t d) {
  uint32_t rest;
  return divide(n, d, &rest);
}

uint32_t __umodsi3(uint32_t n, uint32_t d) {
  uint32_t rest;
  divide(n, d, &rest);
  return rest;
}

static uint32_t magnitude(int32_t value) {
  return value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
}

int32_t __divsi3(int32_t n, int32_t d) {
  const uint32_t quotient = __udivsi3(magnitude(n), magnitude(d));
  return (int32_t)((n < 0) != (d < 0) ? 0u - quotient : quotient);
}

int32_t __modsi3(int32_t n, int32_t d) {
  const uint32_t rest = __umodsi3(magnitude(n), magnitude(d));
  return (int32_t)(n < 0 ? 0u - rest : rest);
}

// 64-bit product of two 64-bit numbers, in pieces of 16 bits: the core multiplies 32 by 32 to 32 bits.
uint64_t __muldi3(uint64_t x, uint64_t y) {
  const uint32_t xl = (uint32_t)x, xh = (uint32_t)(x >> 32), yl = (uint32_t)y, yh = (uint32_t)(y >> 32);
  const uint32_t x0 = xl & 0xFFFF, x1 = xl >> 16, y0 = yl & 0xFFFF, y1 = yl >> 16;
  const uint32_t low = x0 * y0;
  const uint32_t middle = x1 * y0 + (low >> 16);
  const uint32_t carry = x0 * y1 + (middle & 0xFFFF);
  const uint32_t high = x1 * y1 + (middle >> 16) + (carry >> 16) + xl * yh + xh * yl;
  return (uint64_t)high << 32 | (carry << 16 | (low & 0xFFFF));
}
