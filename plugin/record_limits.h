#pragma once

#include <openssl/ssl.h>

#include <cstdint>

namespace tlswatch::plugin {

/// The plaintext sizes that a record is compared with: RFC 6066 section 4's maximum fragment lengths.
inline constexpr std::uint16_t kFragmentLengths[4] = {512, 1024, 2048, 4096};

/// The bytes that protection adds to a record's plaintext: `most` of them, or up to `slack` fewer.
///
/// Exact for AEAD (RFC 5288, 6655, 7905, 8446 section 5.2; padding of TLS 1.3, which OpenSSL does not make
/// unasked, not counted). For CBC `most` holds for what OpenSSL sends, with padding of at most a block (RFC
/// 5246 section 6.2.3.2).
struct RecordOverhead {
  std::uint16_t most = 0;
  std::uint16_t slack = 0;
};
RecordOverhead record_overhead(const SSL_CIPHER* cipher, std::uint16_t version) noexcept;

}  // namespace tlswatch::plugin
