#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "plugin/wire/cursor.h"

namespace tlswatch::event {

/// DNS names of one certificate that are kept.
inline constexpr std::size_t kMaxDnsNames = 256;

/// CertificateFacts: what the log says about an X.509 certificate. Text comes out of the certificate, so from
/// outside: valid UTF-8 is not promised.
struct CertificateFacts {
  std::array<std::uint8_t, 32> sha256{};  ///< of the whole certificate: its name for ever
  std::string subject;                    ///< RFC 2253
  std::string issuer;
  std::string common_name;             ///< of the subject; empty: none
  std::vector<std::string> dns_names;  ///< of subjectAltName, at most kMaxDnsNames
  bool all_names_known = true;         ///< false: there are more, or they cannot be read
  bool issuer_published = false;  ///< it says where its issuer's certificate is (RFC 5280 section 4.2.2.1)
  std::uint32_t der_bytes = 0;
  std::int64_t not_before_unix_s = 0;
  std::int64_t not_after_unix_s = 0;
  std::string key_algorithm;  ///< RSA, EC, Ed25519, Ed448, ...
  std::uint32_t key_bits = 0;
  std::string key_curve;            ///< EC: IANA's name, secp256r1; else empty
  std::string signature_algorithm;  ///< as ECS recommends: SHA256-RSA, SHA256-RSAPSS, ECDSA-SHA256, Ed25519
};

/// CertificateReader turns DER into facts; handed in, since the core has no cryptographic library.
class CertificateReader {
 public:
  virtual ~CertificateReader() = default;
  /// The facts, or null where the bytes are no certificate.
  virtual std::shared_ptr<const CertificateFacts> read(wire::Bytes der) = 0;
};

}  // namespace tlswatch::event
