#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tlswatch::incident {

/// SipHash24: SipHash-2-4 (Aumasson and Bernstein, 2012) over 64-bit words, with the key of its test vectors.
/// The key is no secret: hashes name incidents and have to be the same after a restart. What counts is that
/// texts from outside are spread evenly, and that two of them with one hash cost 2^32 tries to find.
class SipHash24 {
 public:
  /// Takes one word.
  SipHash24& add(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
    ++words_;
    return *this;
  }

  /// Takes a text: its length, then its bytes, the last word filled up with zeros. So no two lists of texts
  /// are the same list of words.
  SipHash24& add(std::string_view text) noexcept {
    add(std::uint64_t{text.size()});
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) add(word(text.data() + at, 8));
    if (at < text.size()) add(word(text.data() + at, text.size() - at));
    return *this;
  }

  /// The hash; what comes after it is another hash.
  std::uint64_t finish() noexcept {
    add(words_ * 8 << 56);
    v2_ ^= 0xFF;
    for (int i = 0; i < 4; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  /// Little-endian whatever the machine, so that ids do not depend on it.
  static std::uint64_t word(const char* bytes, std::size_t size) noexcept {
    std::uint64_t out = 0;
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&out, bytes, size);
      return out;
    }
    for (std::size_t i = 0; i < size; ++i)
      out |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
    return out;
  }

  // Rotations are written out: they are most of the work of a build without optimisation.
  void round() noexcept {
    v0_ += v1_;
    v1_ = (v1_ << 13 | v1_ >> 51) ^ v0_;
    v0_ = (v0_ << 32 | v0_ >> 32);
    v2_ += v3_;
    v3_ = (v3_ << 16 | v3_ >> 48) ^ v2_;
    v0_ += v3_;
    v3_ = (v3_ << 21 | v3_ >> 43) ^ v0_;
    v2_ += v1_;
    v1_ = (v1_ << 17 | v1_ >> 47) ^ v2_;
    v2_ = (v2_ << 32 | v2_ >> 32);
  }

  static constexpr std::uint64_t kKey0 = 0x0706050403020100, kKey1 = 0x0F0E0D0C0B0A0908;
  std::uint64_t v0_ = kKey0 ^ 0x736F6D6570736575, v1_ = kKey1 ^ 0x646F72616E646F6D;
  std::uint64_t v2_ = kKey0 ^ 0x6C7967656E657261, v3_ = kKey1 ^ 0x7465646279746573;
  std::uint64_t words_ = 0;
};

}  // namespace tlswatch::incident
