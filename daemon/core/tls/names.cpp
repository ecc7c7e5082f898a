#include "daemon/core/tls/names.h"

#include <algorithm>
#include <array>

namespace tlswatch::tls {
namespace {

struct Name {
  std::uint16_t number;
  std::string_view name;
};

template <std::size_t N>
constexpr bool ordered(const std::array<Name, N>& names) {
  for (std::size_t i = 1; i < N; ++i) {
    if (names[i - 1].number >= names[i].number) return false;
  }
  return true;
}

template <std::size_t N>
std::string_view find(const std::array<Name, N>& names, std::uint16_t number) noexcept {
  const auto at = std::ranges::lower_bound(names, number, {}, &Name::number);
  return at != names.end() && at->number == number ? at->name : std::string_view();
}

// clang-format off
// IANA "TLS Supported Groups": RFC 8422 and RFC 4492 (1..25), RFC 7027, RFC 8734, RFC 7748, RFC 9367, RFC 8998,
// RFC 7919 (ffdhe), RFC 9794's hybrids and ML-KEM (drafts that OpenSSL 3.5 and browsers ship).
constexpr auto kGroups = std::to_array<Name>({
  {1, "sect163k1"}, {2, "sect163r1"}, {3, "sect163r2"}, {4, "sect193r1"}, {5, "sect193r2"},
  {6, "sect233k1"}, {7, "sect233r1"}, {8, "sect239k1"}, {9, "sect283k1"}, {10, "sect283r1"},
  {11, "sect409k1"}, {12, "sect409r1"}, {13, "sect571k1"}, {14, "sect571r1"}, {15, "secp160k1"},
  {16, "secp160r1"}, {17, "secp160r2"}, {18, "secp192k1"}, {19, "secp192r1"}, {20, "secp224k1"},
  {21, "secp224r1"}, {22, "secp256k1"}, {23, "secp256r1"}, {24, "secp384r1"}, {25, "secp521r1"},
  {26, "brainpoolP256r1"}, {27, "brainpoolP384r1"}, {28, "brainpoolP512r1"}, {29, "x25519"}, {30, "x448"},
  {31, "brainpoolP256r1tls13"}, {32, "brainpoolP384r1tls13"}, {33, "brainpoolP512r1tls13"},
  {34, "GC256A"}, {35, "GC256B"}, {36, "GC256C"}, {37, "GC256D"}, {38, "GC512A"}, {39, "GC512B"},
  {40, "GC512C"}, {41, "curveSM2"},
  {256, "ffdhe2048"}, {257, "ffdhe3072"}, {258, "ffdhe4096"}, {259, "ffdhe6144"}, {260, "ffdhe8192"},
  {512, "MLKEM512"}, {513, "MLKEM768"}, {514, "MLKEM1024"},
  {4587, "SecP256r1MLKEM768"}, {4588, "X25519MLKEM768"}, {4589, "SecP384r1MLKEM1024"},
  {25497, "X25519Kyber768Draft00"}, {25498, "SecP256r1Kyber768Draft00"},
  {65281, "arbitrary_explicit_prime_curves"}, {65282, "arbitrary_explicit_char2_curves"},
});

// IANA "TLS SignatureScheme" (RFC 8446 section 4.2.3, RFC 8998, RFC 9367, RFC 8734, RFC 9189, drafts for
// ML-DSA); the pairs that TLS 1.2 alone knows (RFC 5246 section 7.4.1.4.1) carry hash and signature as names.
constexpr auto kSchemes = std::to_array<Name>({
  {0x0101, "md5_rsa"}, {0x0102, "md5_dsa"}, {0x0103, "md5_ecdsa"},
  {0x0201, "rsa_pkcs1_sha1"}, {0x0202, "sha1_dsa"}, {0x0203, "ecdsa_sha1"},
  {0x0301, "sha224_rsa"}, {0x0302, "sha224_dsa"}, {0x0303, "sha224_ecdsa"},
  {0x0401, "rsa_pkcs1_sha256"}, {0x0402, "sha256_dsa"}, {0x0403, "ecdsa_secp256r1_sha256"},
  {0x0420, "rsa_pkcs1_sha256_legacy"},
  {0x0501, "rsa_pkcs1_sha384"}, {0x0502, "sha384_dsa"}, {0x0503, "ecdsa_secp384r1_sha384"},
  {0x0520, "rsa_pkcs1_sha384_legacy"},
  {0x0601, "rsa_pkcs1_sha512"}, {0x0602, "sha512_dsa"}, {0x0603, "ecdsa_secp521r1_sha512"},
  {0x0620, "rsa_pkcs1_sha512_legacy"},
  {0x0704, "eccsi_sha256"}, {0x0705, "iso_ibs1"}, {0x0706, "iso_ibs2"}, {0x0707, "iso_chinese_ibs"},
  {0x0708, "sm2sig_sm3"}, {0x0709, "gostr34102012_256a"}, {0x070A, "gostr34102012_256b"},
  {0x070B, "gostr34102012_256c"}, {0x070C, "gostr34102012_256d"}, {0x070D, "gostr34102012_512a"},
  {0x070E, "gostr34102012_512b"}, {0x070F, "gostr34102012_512c"},
  {0x0804, "rsa_pss_rsae_sha256"}, {0x0805, "rsa_pss_rsae_sha384"}, {0x0806, "rsa_pss_rsae_sha512"},
  {0x0807, "ed25519"}, {0x0808, "ed448"},
  {0x0809, "rsa_pss_pss_sha256"}, {0x080A, "rsa_pss_pss_sha384"}, {0x080B, "rsa_pss_pss_sha512"},
  {0x081A, "ecdsa_brainpoolP256r1tls13_sha256"}, {0x081B, "ecdsa_brainpoolP384r1tls13_sha384"},
  {0x081C, "ecdsa_brainpoolP512r1tls13_sha512"},
  {0x0840, "gostr34102012_256"}, {0x0841, "gostr34102012_512"},
  {0x0904, "mldsa44"}, {0x0905, "mldsa65"}, {0x0906, "mldsa87"},
});

constexpr auto kVersions = std::to_array<Name>({
  {kSsl3, "3.0"}, {kTls10, "1.0"}, {kTls11, "1.1"}, {kTls12, "1.2"}, {kTls13, "1.3"},
});
// clang-format on

static_assert(ordered(kGroups) && ordered(kSchemes) && ordered(kVersions));

}  // namespace

std::string_view group_name(std::uint16_t group) noexcept {
  return find(kGroups, group);
}

std::string_view signature_scheme_name(std::uint16_t scheme) noexcept {
  return find(kSchemes, scheme);
}

std::string_view version_name(std::uint16_t version) noexcept {
  return find(kVersions, version);
}

std::string_view version_protocol(std::uint16_t version) noexcept {
  if (version == kSsl3) return "ssl";
  return version >= kTls10 && version <= kTls13 ? "tls" : "";
}

}  // namespace tlswatch::tls
