// SHA-1 and GHASH in as few bytes of code as they take: 0.4 and 0.2 KB where BearSSL's have 1.4 KB each.
//
// A device hashes one key per handshake and encrypts a few KB a day: that it does both at half the speed
// nobody sees, 2 KB of flash he does. Both are compared with BearSSL's in the tests.
#ifndef TLSWATCH_SMALL_CRYPTO_H
#define TLSWATCH_SMALL_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

constexpr size_t kSha1Bytes = 20;

/// SHA-1 (FIPS 180-4 section 6.1) of bytes that come in pieces, for fingerprints alone: broken where two
/// texts with one hash can be chosen.
class SmallSha1 {
 public:
  SmallSha1();
  void update(const void* bytes, size_t n);
  /// Ends the text; the object is of no use afterwards.
  void finish(uint8_t (&hash)[kSha1Bytes]);

 private:
  void take(uint8_t byte);
  void compress();

  uint32_t state_[5];
  uint32_t block_[16];  // big-endian words as numbers
  uint32_t length_;     // in bytes: no text of ours comes near 2^29
};

/// A br_ghash (bearssl_block.h): y = (y + data) * h, block by block, in GF(2^128) (NIST SP 800-38D section
/// 6.4). Bit by bit; no branch and no address depends on y, h or the data.
void small_ghash(void* y, const void* h, const void* data, size_t len);

}  // namespace device
}  // namespace tlswatch

#endif
