#pragma once

#include <openssl/ssl.h>

#include <cstdint>

namespace tlswatch::plugin {

/// The plaintext sizes that a record is compared with: RFC 6066 section 4's maximum fragment lengths.
inline constexpr std::uint16_t kFragmentLengths[4] = {512, 1024, 2048, 4096};

/// The bytes that protection adds to a record's plaintext at most: what a record's length may exceed a
/// fragment length by without proving that the fragment was too long. Exact for AEAD (RFC 5288, 6655, 7905,
/// 8446 section 5.2), an upper bound for CBC (RFC 5246 section 6.2.3.2, with the padding of less than two
/// blocks that OpenSSL makes).
std::uint16_t record_overhead(const SSL_CIPHER* cipher, std::uint16_t version) noexcept;

}  // namespace tlswatch::plugin
