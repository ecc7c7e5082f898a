#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tlswatch::tls {

enum class KeyExchange : std::uint8_t {
  null,
  rsa,
  rsa_export,
  dh,   ///< static Diffie-Hellman, DH_DSS and DH_RSA
  dhe,  ///< DHE_DSS, DHE_RSA
  dh_anon,
  ecdh,   ///< static, ECDH_ECDSA and ECDH_RSA
  ecdhe,  ///< ECDHE_ECDSA, ECDHE_RSA
  ecdh_anon,
  psk,
  dhe_psk,
  rsa_psk,
  ecdhe_psk,
  srp,
  krb5,
  gost,
  eccpwd,
  any,  ///< TLS 1.3: the suite does not say
};

/// What proves who the server is: for rsa, dss, ecdsa and gost its certificate's key.
enum class Authentication : std::uint8_t { none, rsa, dss, ecdsa, psk, srp_only, krb5, gost, any };

enum class CipherMode : std::uint8_t { null, stream, cbc, aead };

/// CipherSuite: one row of the IANA registry "TLS Cipher Suites", taken apart.
struct CipherSuite {
  std::uint16_t id;
  std::string_view name;  ///< IANA's, TLS_...
  KeyExchange key_exchange;
  Authentication authentication;
  CipherMode mode;
  std::uint16_t secret_bits;  ///< of the key, as OpenSSL 3.0's SSL_CIPHER_get_bits counts: 3DES 112
  std::uint8_t iv;   ///< bytes: CBC's block size; AEAD's nonce_explicit on TLS 1.2 (RFC 5246 6.2.3.3)
  std::uint8_t tag;  ///< bytes: AEAD's tag, or the MAC of the others

  constexpr bool tls13_only() const noexcept { return key_exchange == KeyExchange::any; }
  constexpr bool uses_psk() const noexcept {
    return key_exchange == KeyExchange::psk || key_exchange == KeyExchange::dhe_psk ||
           key_exchange == KeyExchange::rsa_psk || key_exchange == KeyExchange::ecdhe_psk;
  }
  constexpr bool uses_ecdhe() const noexcept { return key_exchange == KeyExchange::ecdhe; }
};

/// The suites that are no ciphers but signals in a ClientHello.
inline constexpr std::uint16_t kEmptyRenegotiationInfoScsv = 0x00FF;  // RFC 5746
inline constexpr std::uint16_t kFallbackScsv = 0x5600;                // RFC 7507

/// All rows, ordered by id.
std::span<const CipherSuite> cipher_suites() noexcept;

/// The suite with this number, or null. Signals (SCSV) and GREASE are no suites. Lives for ever.
const CipherSuite* find_cipher_suite(std::uint16_t id) noexcept;

/// IANA's name, also of the two signals; empty where there is none.
std::string_view cipher_suite_name(std::uint16_t id) noexcept;

}  // namespace tlswatch::tls
