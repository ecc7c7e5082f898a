#include "daemon/core/tls/record_overhead.h"

#include <algorithm>

#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::tls {
namespace {

constexpr std::uint16_t kContentType = 1;  // RFC 8446 section 5.2, TLSInnerPlaintext.type
constexpr std::uint16_t kMaxPadding =
    256;  // RFC 5246 section 6.2.3.2: 0..255 bytes and the one that counts them

constexpr std::uint16_t add(int a, int b) noexcept {
  return static_cast<std::uint16_t>(a + b);
}

/// Explicit IVs came with TLS 1.1 (RFC 4346 section 6.2.3.2).
constexpr std::uint16_t cbc_iv(const CipherSuite& suite, std::uint16_t version) noexcept {
  return version >= kTls11 ? suite.iv : std::uint16_t{0};
}

/// SSL 3 pads at most to the next block (RFC 6101 section 5.2.3.2).
constexpr std::uint16_t max_padding(const CipherSuite& suite, std::uint16_t version) noexcept {
  return version == kSsl3 ? suite.iv : kMaxPadding;
}

}  // namespace

std::optional<Overhead> record_overhead(std::uint16_t suite_id, std::uint16_t version,
                                        bool /*encrypt_then_mac*/) noexcept {
  const CipherSuite* const suite = find_cipher_suite(suite_id);
  if (suite == nullptr || version < kSsl3 || version > kTls13) return std::nullopt;
  if (suite->tls13_only() != (version == kTls13)) return std::nullopt;
  if (version == kTls13) {
    const std::uint16_t n = add(suite->tag, kContentType);
    return Overhead{n, n};
  }
  switch (suite->mode) {
    case CipherMode::null:
    case CipherMode::stream: return Overhead{suite->tag, suite->tag};
    case CipherMode::aead: {
      // RFC 5246 section 6.2.3.3: AEAD came with TLS 1.2. GCM: RFC 5288 section 3; CCM: RFC 6655 section 3;
      // ChaCha20-Poly1305 sends no nonce: RFC 7905 section 2.
      if (version != kTls12) return std::nullopt;
      const std::uint16_t n = add(suite->iv, suite->tag);
      return Overhead{n, n};
    }
    case CipherMode::cbc: {
      const int fixed = cbc_iv(*suite, version) + suite->tag;
      return Overhead{add(fixed, 1), add(fixed, max_padding(*suite, version))};
    }
  }
  return std::nullopt;
}

std::optional<PlaintextBytes> plaintext_bytes(std::uint16_t record_length, std::uint16_t suite_id,
                                              std::uint16_t version, bool encrypt_then_mac) noexcept {
  const auto overhead = record_overhead(suite_id, version, encrypt_then_mac);
  if (!overhead || record_length < overhead->least) return std::nullopt;
  if (overhead->exact()) {
    const std::uint16_t n = add(record_length, -overhead->least);
    return PlaintextBytes{n, n, n};
  }
  const CipherSuite& suite = *find_cipher_suite(suite_id);
  // With RFC 7366 the MAC follows the ciphertext; without, it lies in it.
  const int outside = cbc_iv(suite, version) + (encrypt_then_mac ? suite.tag : 0);
  const int blocks = record_length - outside;
  if (blocks < suite.iv || blocks % suite.iv != 0) return std::nullopt;
  const int most = record_length - overhead->least;
  const int usual = most - (suite.iv - 1);
  const int least = record_length - overhead->most;
  return PlaintextBytes{add(std::max(least, 0), 0), add(most, 0), add(std::max(usual, 0), 0)};
}

}  // namespace tlswatch::tls
