#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_rsa_public.h"

// BearSSL's check of the padding: in its library, but not in its public headers (inner.h).
extern "C" uint32_t br_rsa_pkcs1_sig_unpad(const unsigned char* sig, size_t sig_len,
                                           const unsigned char* hash_oid, size_t hash_len,
                                           unsigned char* hash_out);

namespace tlswatch {
namespace device {
namespace {

constexpr unsigned kWordBits = 15;
constexpr uint32_t kWordMask = 0x7FFF;
constexpr size_t kBytesMax = TLSWATCH_RSA_BITS_MAX / 8;
constexpr size_t kTopMax = (TLSWATCH_RSA_BITS_MAX - 1) / kWordBits;
// Words of a number by the modulus's highest one: a word more, so that 4n < 2^(15 words), see multiply; and
// even.
constexpr size_t words_for(size_t top) {
  return (top + 3) & ~static_cast<size_t>(1);
}
constexpr size_t kWordsMax = words_for(kTopMax);
constexpr size_t kBytesMin = 8;

// The modulus and what follows from it.
struct Modulus {
  const uint16_t* n;  // little-endian words
  size_t words;       // of every number; even
  size_t top;         // the highest word of n that is not 0; at least 2
  unsigned top_bits;  // of that word, 1..15
  uint32_t m0i;       // -1/n mod 2^15
};

// Big-endian bytes to words; `words` of them are more than enough.
void decode(uint16_t* to, size_t words, const unsigned char* bytes, size_t n) {
  uint32_t bits = 0;
  unsigned held = 0;
  for (size_t i = 0; i < words; ++i) {
    while (held < kWordBits && n != 0) {
      bits |= static_cast<uint32_t>(bytes[--n]) << held;
      held += 8;
    }
    to[i] = static_cast<uint16_t>(bits & kWordMask);
    bits >>= kWordBits;
    held = held < kWordBits ? 0 : held - kWordBits;
  }
}

void encode(unsigned char* bytes, size_t n, const uint16_t* from) {
  uint32_t bits = 0;
  unsigned held = 0;
  while (n != 0) {
    if (held < 8) {
      bits |= static_cast<uint32_t>(*from++) << held;
      held += kWordBits;
    }
    bytes[--n] = static_cast<unsigned char>(bits);
    bits >>= 8;
    held -= 8;
  }
}

// d = a - b; returns 1 if b was larger (d is then what wraps around), else 0.
uint32_t subtract(uint16_t* d, const uint16_t* a, const uint16_t* b, size_t words) {
  uint32_t borrow = 0;
  for (size_t i = 0; i < words; ++i) {
    const uint32_t z = static_cast<uint32_t>(a[i]) - b[i] - borrow;
    d[i] = static_cast<uint16_t>(z & kWordMask);
    borrow = z >> 31;
  }
  return borrow;
}

// -1/n mod 2^15 for odd n, by Newton's iteration: each step doubles the bits that are right, from 3.
uint32_t negative_inverse(uint32_t n) {
  uint32_t y = n;
  for (unsigned bits = 3; bits < kWordBits; bits *= 2) y *= 2 - n * y;
  return (0 - y) & kWordMask;
}

// The inner loop of multiply: from the third word on, d = (d + x0 y + x1 y 2^15 + f0 n + f1 n 2^15) / 2^30,
// with the carry z coming in and going out.
#if defined(__XTENSA__) && defined(__XTENSA_CALL0_ABI__)
// By hand: the compiler runs out of registers, and needs 45 instructions where these are 34 for two words.
// All 14 are used; a word of y or n becomes the word before without being moved.
extern "C" uint32_t tlswatch_rsa_inner_words(uint16_t* d, const uint16_t* y, const uint16_t* n,
                                             const uint16_t* n_end, const uint32_t (&factors)[4], uint32_t z);
asm(R"(
    .section .text.tlswatch_rsa_inner_words, "ax"
    .align 4
    .global tlswatch_rsa_inner_words
    .type tlswatch_rsa_inner_words, @function
tlswatch_rsa_inner_words:
    addi  a1, a1, -16
    s32i  a12, a1, 0
    s32i  a13, a1, 4
    s32i  a14, a1, 8
    s32i  a15, a1, 12
    l32i  a8, a6, 0
    l32i  a9, a6, 4
    l32i  a10, a6, 8
    l32i  a11, a6, 12
    l16ui a12, a3, 2
    l16ui a13, a4, 2
1:
    l16ui a6, a2, 4
    l16ui a14, a3, 4
    l16ui a15, a4, 4
    add   a7, a7, a6
    mull  a6, a9, a12
    mull  a12, a8, a14
    add   a7, a7, a6
    mull  a6, a11, a13
    add   a7, a7, a12
    mull  a13, a10, a15
    add   a7, a7, a6
    l16ui a12, a3, 6
    add   a7, a7, a13
    extui a6, a7, 0, 15
    s16i  a6, a2, 0
    srli  a7, a7, 15
    l16ui a6, a2, 6
    l16ui a13, a4, 6
    add   a7, a7, a6
    mull  a6, a9, a14
    mull  a14, a8, a12
    add   a7, a7, a6
    mull  a6, a11, a15
    add   a7, a7, a14
    mull  a15, a10, a13
    add   a7, a7, a6
    addi  a3, a3, 4
    add   a7, a7, a15
    addi  a4, a4, 4
    extui a6, a7, 0, 15
    s16i  a6, a2, 2
    srli  a7, a7, 15
    addi  a2, a2, 4
    bne   a4, a5, 1b
    mov   a2, a7
    l32i  a12, a1, 0
    l32i  a13, a1, 4
    l32i  a14, a1, 8
    l32i  a15, a1, 12
    addi  a1, a1, 16
    ret
    .size tlswatch_rsa_inner_words, . - tlswatch_rsa_inner_words
)");

uint32_t inner_words(uint16_t* d, const uint16_t* y, const uint16_t* n, size_t words, uint32_t x0,
                     uint32_t x1, uint32_t f0, uint32_t f1, uint32_t z) {
  const uint32_t factors[4] = {x0, x1, f0, f1};
  return tlswatch_rsa_inner_words(d, y, n, n + words - 2, factors, z);
}
#else
uint32_t inner_words(uint16_t* d, const uint16_t* y, const uint16_t* n, size_t words, uint32_t x0,
                     uint32_t x1, uint32_t f0, uint32_t f1, uint32_t z) {
  for (size_t v = 2; v < words; ++v) {
    z += d[v] + x0 * y[v] + x1 * y[v - 1] + f0 * n[v] + f1 * n[v - 1];
    d[v - 2] = static_cast<uint16_t>(z & kWordMask);
    z >>= kWordBits;
  }
  return z;
}
#endif

// d = x * y / 2^(15 words) mod n. With x and y below 2n, so is d: (2n * 2n + 2^(15 words) n) / 2^(15 words)
// is less than 2n because 4n < 2^(15 words). Meanwhile d stays below 3n, and fits. d is neither x nor y.
//
// Two words of x at a time. Every sum: four products of at most (2^15 - 1)^2, a word, and a carry of at most
// 17 bits: less than 2^32.
void multiply(uint16_t* d, const uint16_t* x, const uint16_t* y, const Modulus& m) {
  const uint16_t* const n = m.n;
  const size_t words = m.words;
  memset(d, 0, words * sizeof *d);
  for (size_t u = 0; u < words; u += 2) {
    const uint32_t x0 = x[u];
    const uint32_t x1 = x[u + 1];
    // f0 and f1 make the two lowest words 0; then they are dropped.
    uint32_t z = d[0] + x0 * y[0];
    const uint32_t f0 = (z * m.m0i) & kWordMask;
    z = (z + f0 * n[0]) >> kWordBits;
    z += d[1] + x0 * y[1] + x1 * y[0] + f0 * n[1];
    const uint32_t f1 = (z * m.m0i) & kWordMask;
    z = (z + f1 * n[0]) >> kWordBits;
    z = inner_words(d, y, n, words, x0, x1, f0, f1, z);
    z += x1 * y[words - 1] + f1 * n[words - 1];
    d[words - 2] = static_cast<uint16_t>(z & kWordMask);
    d[words - 1] = static_cast<uint16_t>(z >> kWordBits);
  }
}

// The 30 bits of a number that lie where n has its highest 30; one more if the number is larger.
uint32_t highest_bits(const uint16_t* a, const Modulus& m) {
  const uint16_t* at = a + m.top - 2;
  const uint32_t high = static_cast<uint32_t>(at[2]) | static_cast<uint32_t>(at[3]) << kWordBits;
  return high << (2 * kWordBits - m.top_bits) | static_cast<uint32_t>(at[1]) << (kWordBits - m.top_bits) |
         static_cast<uint32_t>(at[0]) >> m.top_bits;
}

// x * 2^15 mod n, or a little above n: q is the quotient by the highest 30 bits, with n's rounded up, so it
// is never too large, and the remainder never above n (1 + 2^-11).
void shift_word(uint16_t* x, uint32_t n_high, const Modulus& m) {
  uint32_t rest = highest_bits(x, m);
  uint32_t q = 0;
  for (unsigned i = 0; i <= kWordBits; ++i) {
    const uint32_t fits = 1 - ((rest - n_high) >> 31);
    rest = (rest - (n_high & (0 - fits))) << 1;
    q = q << 1 | fits;
  }
  int32_t below = 0;
  int32_t z = 0;  // of either sign; every compiler there is shifts that in
  for (size_t i = 0; i < m.words; ++i) {
    z += below - static_cast<int32_t>(q * m.n[i]);
    below = x[i];
    x[i] = static_cast<uint16_t>(static_cast<uint32_t>(z) & kWordMask);
    z >>= kWordBits;
  }
}

// x * 2^(15 words) mod n: Montgomery's form.
void to_montgomery(uint16_t* x, const Modulus& m) {
  const uint32_t n_high = highest_bits(m.n, m) + 1;
  for (size_t i = 0; i < m.words; ++i) shift_word(x, n_high, m);
}

struct Bytes {
  const unsigned char* at;
  size_t n;
};

Bytes without_leading_zeros(const unsigned char* at, size_t n) {
  while (n != 0 && *at == 0) {
    ++at;
    --n;
  }
  return {at, n};
}

bool bit_of(const Bytes& number, size_t bit) {
  return (number.at[number.n - 1 - bit / 8] >> (bit % 8) & 1) != 0;
}

bool is_exponent(const Bytes& e) {
  if (e.n == 0 || (e.at[e.n - 1] & 1) == 0) return false;
  return e.n > 1 || e.at[0] != 1;
}

struct Numbers {
  uint16_t modulus[kWordsMax];
  uint16_t base[kWordsMax];
  uint16_t value[2][kWordsMax];
};

Modulus modulus_of(const uint16_t* n) {
  Modulus m = {n, 0, kWordsMax - 1, 0, negative_inverse(n[0])};
  while (n[m.top] == 0) --m.top;
  for (unsigned word = n[m.top]; word != 0; word >>= 1) ++m.top_bits;
  m.words = words_for(m.top);
  return m;
}

// x = base^e mod n; base is x, decoded. From the exponent's second bit on: its last one is 1, and that
// multiplication is by x as it came, which brings the result out of Montgomery's form.
//
// Not inlined: in a frame of 2 KB every address takes three instructions.
__attribute__((noinline)) void power(unsigned char* x, size_t xlen, const Bytes& e, Numbers& numbers,
                                     const Modulus& m) {
  uint16_t* value = numbers.value[0];
  uint16_t* next = numbers.value[1];
  to_montgomery(numbers.base, m);
  memcpy(value, numbers.base, m.words * sizeof *value);
  size_t bits = 8 * e.n - 1;
  while (!bit_of(e, bits)) --bits;
  while (bits-- != 0) {
    multiply(next, value, value, m);
    if (bit_of(e, bits)) {
      if (bits == 0) decode(numbers.base, m.words, x, xlen);
      multiply(value, next, numbers.base, m);
      continue;
    }
    uint16_t* const squared = next;
    next = value;
    value = squared;
  }
  // Below n, or a little above; which of the two must not show.
  const uint32_t keep = 0 - subtract(next, value, m.n, m.words);
  for (size_t i = 0; i < m.words; ++i)
    value[i] = static_cast<uint16_t>((value[i] & keep) | (next[i] & ~keep));
  encode(x, xlen, value);
}

}  // namespace

uint32_t rsa_public(unsigned char* x, size_t xlen, const br_rsa_public_key* key) {
  const Bytes n = without_leading_zeros(key->n, key->nlen);
  const Bytes e = without_leading_zeros(key->e, key->elen);
  if (n.n < kBytesMin || n.n > kBytesMax || xlen != n.n) return 0;
  if ((n.at[n.n - 1] & 1) == 0 || !is_exponent(e)) return 0;

  Numbers numbers;
  decode(numbers.modulus, kWordsMax, n.at, n.n);
  const Modulus m = modulus_of(numbers.modulus);
  decode(numbers.base, m.words, x, xlen);
  const uint32_t good = subtract(numbers.value[0], numbers.base, numbers.modulus, m.words);
  power(x, xlen, e, numbers, m);
  return good;
}

uint32_t rsa_pkcs1_verify(const unsigned char* x, size_t xlen, const unsigned char* hash_oid, size_t hash_len,
                          const br_rsa_public_key* key, unsigned char* hash_out) {
  unsigned char block[kBytesMax];
  if (xlen > sizeof block) return 0;
  memcpy(block, x, xlen);
  if (rsa_public(block, xlen, key) == 0) return 0;
  return br_rsa_pkcs1_sig_unpad(block, xlen, hash_oid, hash_len, hash_out);
}

}  // namespace device
}  // namespace tlswatch

#endif
