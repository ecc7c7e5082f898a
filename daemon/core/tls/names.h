#pragma once

#include <cstdint>
#include <string_view>

/// The names behind TLS' numbers, as IANA registers them. Unknown: an empty view. Views live for ever.
namespace tlswatch::tls {

/// IANA "TLS Supported Groups": secp256r1, x25519, X25519MLKEM768, ...
std::string_view group_name(std::uint16_t group) noexcept;

/// IANA "TLS SignatureScheme": rsa_pss_rsae_sha256, ...; pairs of TLS 1.2 that never became schemes are named
/// after their two halves (RFC 5246 section 7.4.1.4.1): sha224_rsa, sha256_dsa.
std::string_view signature_scheme_name(std::uint16_t scheme) noexcept;

inline constexpr std::uint16_t kSsl3 = 0x0300;
inline constexpr std::uint16_t kTls10 = 0x0301;
inline constexpr std::uint16_t kTls11 = 0x0302;
inline constexpr std::uint16_t kTls12 = 0x0303;
inline constexpr std::uint16_t kTls13 = 0x0304;

/// ECS' tls.version: "1.0" to "1.3"; "3.0" for SSL 3.
std::string_view version_name(std::uint16_t version) noexcept;
/// ECS' tls.version_protocol: "tls" or "ssl".
std::string_view version_protocol(std::uint16_t version) noexcept;

}  // namespace tlswatch::tls
