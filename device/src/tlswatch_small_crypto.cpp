#include "tlswatch_small_crypto.h"

#include <string.h>

namespace tlswatch {
namespace device {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kLengthAt = kBlock - 8;  // where the text's length stands in its last block

uint32_t rotate_left(uint32_t x, unsigned n) {
  return x << n | x >> (32 - n);
}

// The four parts of 20 rounds each: the mixing of b, c and d, and the constant.
uint32_t mix(unsigned part, uint32_t b, uint32_t c, uint32_t d) {
  if (part == 0) return ((c ^ d) & b) ^ d;
  if (part == 2) return (b & c) | ((b | c) & d);
  return b ^ c ^ d;
}

const uint32_t kPartConstants[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};

void load(uint32_t (&words)[4], const void* bytes) {
  const uint8_t* at = static_cast<const uint8_t*>(bytes);
  for (size_t i = 0; i < 16; ++i) words[i / 4] = words[i / 4] << 8 | at[i];
}

}  // namespace

SmallSha1::SmallSha1() : length_(0) {
  state_[0] = 0x67452301;
  state_[1] = 0xEFCDAB89;
  state_[2] = 0x98BADCFE;
  state_[3] = 0x10325476;
  state_[4] = 0xC3D2E1F0;
}

void SmallSha1::take(uint8_t byte) {
  uint32_t& word = block_[length_ / 4 % 16];
  word = word << 8 | byte;
  ++length_;
  if (length_ % kBlock == 0) compress();
}

void SmallSha1::update(const void* bytes, size_t n) {
  for (size_t i = 0; i < n; ++i) take(static_cast<const uint8_t*>(bytes)[i]);
}

void SmallSha1::finish(uint8_t (&hash)[kSha1Bytes]) {
  const uint32_t bits = length_ * 8;
  take(0x80);
  while (length_ % kBlock != kLengthAt) take(0);
  for (unsigned i = 0; i < 4; ++i) take(0);
  for (unsigned shift = 32; shift != 0; shift -= 8) take(static_cast<uint8_t>(bits >> (shift - 8)));
  for (size_t i = 0; i < kSha1Bytes; ++i) hash[i] = static_cast<uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
}

void SmallSha1::compress() {
  uint32_t s[5];
  memcpy(s, state_, sizeof s);
  unsigned round = 0;
  for (unsigned part = 0; part < 4; ++part) {
    for (unsigned i = 0; i < 20; ++i, ++round) {
      uint32_t& word = block_[round % 16];
      if (round >= 16) {
        word = rotate_left(
            word ^ block_[(round + 2) % 16] ^ block_[(round + 8) % 16] ^ block_[(round + 13) % 16], 1);
      }
      const uint32_t next =
          rotate_left(s[0], 5) + mix(part, s[1], s[2], s[3]) + s[4] + kPartConstants[part] + word;
      s[4] = s[3];
      s[3] = s[2];
      s[2] = rotate_left(s[1], 30);
      s[1] = s[0];
      s[0] = next;
    }
  }
  for (size_t i = 0; i < 5; ++i) state_[i] += s[i];
}

// Horner's rule from the block's last bit on, which is the one for x^127: z = z x + (h if the bit is set).
void small_ghash(void* y, const void* h, const void* data, size_t len) {
  constexpr size_t kGhashBlock = 16;
  constexpr uint32_t kPolynomial = 0xE1000000;  // in GCM's order: the first bit is the highest
  uint8_t* result = static_cast<uint8_t*>(y);
  const uint8_t* at = static_cast<const uint8_t*>(data);
  uint32_t factor[4] = {0, 0, 0, 0};
  load(factor, h);
  const uint32_t h0 = factor[0], h1 = factor[1], h2 = factor[2], h3 = factor[3];
  while (len != 0) {
    const size_t part = len < kGhashBlock ? len : kGhashBlock;
    for (size_t i = 0; i < part; ++i) result[i] = static_cast<uint8_t>(result[i] ^ at[i]);
    uint32_t z0 = 0, z1 = 0, z2 = 0, z3 = 0;
    for (size_t byte = kGhashBlock; byte-- != 0;) {
      // A sentinel above the eight bits tells when they are done.
      for (uint32_t bits = result[byte] | 0x100u; bits != 1; bits >>= 1) {
        const uint32_t reduce = (0 - (z3 & 1)) & kPolynomial;
        const uint32_t take = 0 - (bits & 1);
        z3 = (z3 >> 1 | z2 << 31) ^ (h3 & take);
        z2 = (z2 >> 1 | z1 << 31) ^ (h2 & take);
        z1 = (z1 >> 1 | z0 << 31) ^ (h1 & take);
        z0 = (z0 >> 1) ^ reduce ^ (h0 & take);
      }
    }
    const uint32_t z[4] = {z0, z1, z2, z3};
    for (size_t i = 0; i < kGhashBlock; ++i) result[i] = static_cast<uint8_t>(z[i / 4] >> (24 - 8 * (i % 4)));
    at += part;
    len -= part;
  }
}

}  // namespace device
}  // namespace tlswatch
