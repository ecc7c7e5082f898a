#pragma once

#include <array>
#include <cstdint>

#include "plugin/wire/cursor.h"

namespace tlswatch::x509 {

/// Digests remembered by their input, in each thread. JA4 hashes a few lists of numbers, the same for a whole
/// firmware build, and OpenSSL's call costs more than its hash.
inline constexpr std::size_t kMaxDigests = 1024;

/// SHA-256 (FIPS 180-4); what core/tls wants for JA4.
std::array<std::uint8_t, 32> sha256(wire::Bytes bytes);

}  // namespace tlswatch::x509
