// RSA with a public key: against OpenSSL over many moduli and exponents, and what must be refused.
#include <bearssl/bearssl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "rsa_numbers.h"
#include "tlswatch_rsa_public.h"

namespace tlswatch::device {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

using namespace testing;

struct Answer {
  std::uint32_t good;
  Bytes x;
};
Answer compute(Bytes x, Bytes e, Bytes n) {
  const br_rsa_public_key key = {n.data(), n.size(), e.data(), e.size()};
  Answer answer{};
  answer.good = rsa_public(x.data(), x.size(), &key);
  answer.x = std::move(x);
  return answer;
}

const Bytes kExponents[] = {{3}, {17}, {1, 0, 1}, {0, 0, 1, 0, 1}, {0xFF, 0xFF, 0xFF, 0xFF}};

struct SizeCase {
  const char* name;
  unsigned bits;
  unsigned rounds;
};
const SizeCase kSizes[] = {
    {"bits_64", 64, 200},    {"bits_65", 65, 200},    {"bits_75", 75, 200},    {"bits_512", 512, 100},
    {"bits_1023", 1023, 50}, {"bits_1024", 1024, 50}, {"bits_1025", 1025, 50}, {"bits_1536", 1536, 20},
    {"bits_2039", 2039, 20}, {"bits_2040", 2040, 20}, {"bits_2041", 2041, 20}, {"bits_2047", 2047, 20},
    {"bits_2048", 2048, 50}, {"bits_3071", 3071, 10}, {"bits_3072", 3072, 10}, {"bits_4081", 4081, 10},
    {"bits_4095", 4095, 10}, {"bits_4096", 4096, 20},
};
class SizeTest : public ::testing::TestWithParam<SizeCase> {};
TEST_P(SizeTest, is_what_openssl_computes) {
  Dice dice(GetParam().bits);
  for (unsigned round = 0; round < GetParam().rounds; ++round) {
    const Bytes n = dice.odd(GetParam().bits);
    const Bytes x = dice.less_than(n);
    for (const Bytes& e : kExponents) {
      const Answer answer = compute(x, e, n);
      ASSERT_EQ(answer.good, 1u) << "round " << round;
      ASSERT_EQ(answer.x, power(x, e, n)) << "round " << round << ", exponent of " << e.size() << " bytes";
    }
  }
}
INSTANTIATE_TEST_SUITE_P(rsa_public, SizeTest, ::testing::ValuesIn(kSizes),
                         [](const auto& row) { return row.param.name; });

TEST(rsa_public, every_bit_length_up_to_512) {
  Dice dice(1);
  for (unsigned bits = 64; bits <= 512; ++bits) {
    const Bytes n = dice.odd(bits);
    const Bytes x = dice.less_than(n);
    ASSERT_EQ(compute(x, {1, 0, 1}, n).x, power(x, {1, 0, 1}, n)) << bits << " bits";
  }
}

// Where quotients and carries are at their largest and smallest.
TEST(rsa_public, moduli_of_ones_and_moduli_of_zeros) {
  for (unsigned bits = 64; bits <= 700; ++bits) {
    for (const Bytes& n : {ones(bits), zeros(bits)}) {
      Bytes largest = n;
      largest.back() &= 0xFE;  // n - 1
      Bytes smallest(n.size(), 0);
      smallest.back() = 2;
      for (const Bytes& x : {largest, smallest}) {
        ASSERT_EQ(compute(x, {1, 0, 1}, n).x, power(x, {1, 0, 1}, n)) << bits << " bits";
      }
    }
  }
}

TEST(rsa_public, an_exponent_as_long_as_the_modulus) {
  Dice dice(2);
  for (unsigned bits : {65u, 256u, 511u}) {
    const Bytes n = dice.odd(bits);
    const Bytes e = dice.odd(bits);
    const Bytes x = dice.less_than(n);
    EXPECT_EQ(compute(x, e, n).x, power(x, e, n)) << bits << " bits";
  }
}

TEST(rsa_public, zero_and_one_are_their_own_powers) {
  const Bytes n = Dice(3).odd(2048);
  Bytes x(n.size(), 0);
  EXPECT_EQ(compute(x, {1, 0, 1}, n).x, x);
  x.back() = 1;
  EXPECT_EQ(compute(x, {1, 0, 1}, n).x, x);
}

TEST(rsa_public, leading_zeros_of_the_modulus_do_not_count) {
  Dice dice(4);
  const Bytes n = dice.odd(1024);
  const Bytes x = dice.less_than(n);
  Bytes padded = n;
  padded.insert(padded.begin(), 3, 0);
  EXPECT_EQ(compute(x, {3}, padded).x, power(x, {3}, n));
}

struct RefuseCase {
  const char* name;
  Bytes x, e, n;
};
Bytes with_last(Bytes bytes, unsigned char last) {
  bytes.back() = last;
  return bytes;
}
const Bytes kModulus = Dice(5).odd(512);
const Bytes kValue(64, 1);
const RefuseCase kRefused[] = {
    {"an_even_modulus", kValue, {3}, with_last(kModulus, 2)},
    {"no_modulus", {}, {3}, {}},
    {"a_modulus_of_zeros", kValue, {3}, Bytes(64, 0)},
    {"a_modulus_of_56_bits", Bytes(7, 1), {3}, Bytes(7, 0xFF)},
    {"a_modulus_of_4104_bits", Bytes(513, 1), {3}, Bytes(513, 0xFF)},
    {"a_value_that_is_the_modulus", kModulus, {3}, kModulus},
    {"a_value_above_the_modulus", Bytes(64, 0xFF), {3}, kModulus},
    {"a_value_shorter_than_the_modulus", Bytes(63, 1), {3}, kModulus},
    {"a_value_longer_than_the_modulus", Bytes(65, 0), {3}, kModulus},
    {"no_exponent", kValue, {}, kModulus},
    {"an_exponent_of_zeros", kValue, {0, 0}, kModulus},
    {"an_exponent_of_one", kValue, {0, 1}, kModulus},
    {"an_even_exponent", kValue, {1, 0, 0}, kModulus},
};
class RefuseTest : public ::testing::TestWithParam<RefuseCase> {};
TEST_P(RefuseTest, is_refused) {
  EXPECT_EQ(compute(GetParam().x, GetParam().e, GetParam().n).good, 0u);
}
INSTANTIATE_TEST_SUITE_P(rsa_public, RefuseTest, ::testing::ValuesIn(kRefused),
                         [](const auto& row) { return row.param.name; });

// Whatever somebody takes for a key and a value: the same verdict as BearSSL's, and no byte out of place (the
// sanitizers watch).
TEST(rsa_public, judges_values_as_bearssl_does) {
  Dice dice(6);
  for (unsigned round = 0; round < 2000; ++round) {
    Bytes n = dice.bits(64 + dice.below(200));
    Bytes x = dice.bits(static_cast<unsigned>(n.size()) * 8 - dice.below(3));
    Bytes e = {3};
    Bytes theirs = x;
    const br_rsa_public_key key = {n.data(), n.size(), e.data(), e.size()};
    const std::uint32_t good = br_rsa_i15_public(theirs.data(), theirs.size(), &key);
    const Answer ours = compute(x, e, n);
    ASSERT_EQ(ours.good, good) << "round " << round;
    if (good != 0) {
      ASSERT_EQ(ours.x, theirs) << "round " << round;
    }
  }
}

// A signature made by BearSSL with a key that it has made.
class SignatureTest : public ::testing::Test {
 protected:
  SignatureTest() {
    br_hmac_drbg_context random;
    br_hmac_drbg_init(&random, &br_sha256_vtable, "rsa_public_test", 15);
    EXPECT_EQ(br_rsa_i31_keygen(&random.vtable, &secret_, secret_bytes_.data(), &key_, key_bytes_.data(),
                                1024, 65537),
              1u);
    std::fill(hash_.begin(), hash_.end(), static_cast<unsigned char>(0x42));
    EXPECT_EQ(
        br_rsa_i31_pkcs1_sign(BR_HASH_OID_SHA256, hash_.data(), hash_.size(), &secret_, signature_.data()),
        1u);
  }
  std::uint32_t verify(std::size_t n, unsigned char* hash) {
    return rsa_pkcs1_verify(signature_.data(), n, BR_HASH_OID_SHA256, hash_.size(), &key_, hash);
  }

  Bytes secret_bytes_ = Bytes(BR_RSA_KBUF_PRIV_SIZE(1024));
  Bytes key_bytes_ = Bytes(BR_RSA_KBUF_PUB_SIZE(1024));
  br_rsa_private_key secret_{};
  br_rsa_public_key key_{};
  Bytes hash_ = Bytes(br_sha256_SIZE);
  Bytes signature_ = Bytes(1024 / 8);
};

TEST_F(SignatureTest, gives_the_hash_that_was_signed) {
  Bytes hash(hash_.size());
  ASSERT_EQ(verify(signature_.size(), hash.data()), 1u);
  EXPECT_EQ(hash, hash_);
}

TEST_F(SignatureTest, with_any_bit_changed_is_none) {
  Bytes hash(hash_.size());
  for (std::size_t bit = 0; bit < 8 * signature_.size(); bit += 7) {
    signature_[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_EQ(verify(signature_.size(), hash.data()), 0u) << "bit " << bit;
    signature_[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
  }
}

TEST_F(SignatureTest, of_another_length_is_none) {
  Bytes hash(hash_.size());
  EXPECT_EQ(verify(signature_.size() - 1, hash.data()), 0u);
  signature_.resize(TLSWATCH_RSA_BITS_MAX / 8 + 1);
  EXPECT_EQ(verify(signature_.size(), hash.data()), 0u);
}

}  // namespace
}  // namespace tlswatch::device
