// SHA-1 and GHASH: against BearSSL's, at every length around a block.
#include <bearssl/bearssl.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "tlswatch_small_crypto.h"

namespace tlswatch::device {
namespace {

using Bytes = std::vector<unsigned char>;

Bytes random_bytes(std::mt19937& random, std::size_t n) {
  Bytes bytes(n);
  for (auto& byte : bytes) byte = static_cast<unsigned char>(random());
  return bytes;
}

TEST(small_sha1, is_bearssl_s_at_every_length_and_in_every_cut) {
  std::mt19937 random(1);
  for (std::size_t n = 0; n <= 300; ++n) {
    const Bytes text = random_bytes(random, n);
    br_sha1_context theirs;
    br_sha1_init(&theirs);
    br_sha1_update(&theirs, text.data(), n);
    unsigned char expected[br_sha1_SIZE];
    br_sha1_out(&theirs, expected);

    const std::size_t cut = n == 0 ? 0 : random() % n;
    SmallSha1 ours;
    ours.update(text.data(), cut);
    ours.update(text.data() + cut, n - cut);
    std::uint8_t hash[kSha1Bytes];
    ours.finish(hash);
    ASSERT_EQ(std::memcmp(hash, expected, sizeof hash), 0) << n << " bytes";
  }
}

// FIPS 180-4's example, so that two programs with one fault do not agree.
TEST(small_sha1, of_abc) {
  SmallSha1 sha1;
  sha1.update("abc", 3);
  std::uint8_t hash[kSha1Bytes];
  sha1.finish(hash);
  const std::uint8_t expected[] = {0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E,
                                   0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D};
  EXPECT_EQ(std::memcmp(hash, expected, sizeof hash), 0);
}

TEST(small_ghash, is_bearssl_s_at_every_length) {
  std::mt19937 random(2);
  for (std::size_t n = 0; n <= 200; ++n) {
    const Bytes h = random_bytes(random, 16);
    const Bytes data = random_bytes(random, n);
    Bytes ours = random_bytes(random, 16);
    Bytes theirs = ours;
    small_ghash(ours.data(), h.data(), data.data(), n);
    br_ghash_ctmul32(theirs.data(), h.data(), data.data(), n);
    ASSERT_EQ(ours, theirs) << n << " bytes";
  }
}

TEST(small_ghash, of_zeros_and_ones) {
  for (const int byte : {0x00, 0xFF}) {
    const auto fill = static_cast<unsigned char>(byte);
    const Bytes h(16, fill);
    const Bytes data(64, 0xFF);
    Bytes ours(16, fill);
    Bytes theirs = ours;
    small_ghash(ours.data(), h.data(), data.data(), data.size());
    br_ghash_ctmul32(theirs.data(), h.data(), data.data(), data.size());
    EXPECT_EQ(ours, theirs);
  }
}

}  // namespace
}  // namespace tlswatch::device
