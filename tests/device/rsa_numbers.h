// Numbers for RSA's tests, the same in every run, and OpenSSL's opinion of them.
#pragma once

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace tlswatch::device::testing {

using Bytes = std::vector<unsigned char>;

struct BignumFree {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, BignumFree>;

inline Number number(const Bytes& bytes) {
  return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

/// x^e mod n as OpenSSL computes it, in as many bytes as x has.
inline Bytes power(const Bytes& x, const Bytes& e, const Bytes& n) {
  const std::unique_ptr<BN_CTX, BignumFree> context(BN_CTX_new());
  const Number result(BN_new());
  EXPECT_EQ(BN_mod_exp(result.get(), number(x).get(), number(e).get(), number(n).get(), context.get()), 1);
  Bytes out(x.size());
  EXPECT_EQ(BN_bn2binpad(result.get(), out.data(), static_cast<int>(out.size())),
            static_cast<int>(out.size()));
  return out;
}

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  /// A number of exactly so many bits.
  Bytes bits(unsigned n) {
    Bytes bytes((n + 7) / 8);
    for (auto& byte : bytes) byte = static_cast<unsigned char>(random_());
    const unsigned top = (n - 1) % 8;
    bytes[0] = static_cast<unsigned char>((bytes[0] & ((2u << top) - 1)) | (1u << top));
    return bytes;
  }
  Bytes odd(unsigned n) {
    Bytes bytes = bits(n);
    bytes.back() |= 1;
    return bytes;
  }
  /// Less than n, and as many bytes.
  Bytes less_than(const Bytes& n) {
    Bytes x = n;
    do {
      for (auto& byte : x) byte = static_cast<unsigned char>(random_());
      x[0] = static_cast<unsigned char>(n[0] == 0 ? 0 : x[0] % (n[0] + 1));
    } while (!(x < n));
    return x;
  }

 private:
  std::mt19937 random_;
};

/// The largest number of so many bits, and the smallest odd one: where quotients and carries are at their
/// ends.
inline Bytes ones(unsigned bits) {
  Bytes n((bits + 7) / 8, 0xFF);
  n[0] = static_cast<unsigned char>((2u << ((bits - 1) % 8)) - 1);
  return n;
}
inline Bytes zeros(unsigned bits) {
  Bytes n((bits + 7) / 8, 0);
  n[0] = static_cast<unsigned char>(1u << ((bits - 1) % 8));
  n.back() |= 1;
  return n;
}

}  // namespace tlswatch::device::testing
