#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/check/trust.h"
#include "daemon/core/event/certificate_facts.h"

/// The names by which a server's key or certificate is pinned.
namespace tlswatch::check {

using Sha1 = std::array<std::uint8_t, 20>;
using Sha256 = std::array<std::uint8_t, 32>;

struct Fingerprints {
  event::CertificateFacts facts;
  /// Tasmota's, of the public key, as device/src/tlswatch_fingerprint.h writes it down. Nothing for a key
  /// that is neither RSA nor EC.
  std::optional<Sha1> tasmota_v2 = {};
  /// Of RSA keys, for firmware before 8.4.
  std::optional<Sha1> tasmota_v1 = {};
  Sha256 spki_sha256{};  ///< of the SubjectPublicKeyInfo, as HPKP and many clients pin it
  Sha1 certificate_sha1{};
  Sha256 certificate_sha256{};
};

/// Of one certificate; nothing where the bytes are none, or its key cannot be read.
std::optional<Fingerprints> fingerprints(const Der& certificate);

/// A certificate file larger than this is none.
inline constexpr std::size_t kMaxCertificateFile = 1024 * 1024;

/// The first certificate of a PEM text, or the DER that the bytes are. Empty: neither.
Der first_certificate_of(std::string_view file);

/// Bytes in hexadecimal, in capitals; `separator` between bytes, unless it is NUL.
std::string hex(std::span<const std::uint8_t> bytes, char separator = '\0');

}  // namespace tlswatch::check
