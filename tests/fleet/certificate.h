#pragma once

#include <cstdint>
#include <string_view>

#include "firmware.h"

namespace tlswatch::fleet_sim {

/// Whether a certificate is within its dates at the simulated time (2026).
enum class Dates : std::uint8_t { good, expired };

/// An X.509 certificate (RFC 5280) on an RSA key of 2048 bits, in DER. Modulus and signature are random bytes
/// drawn from `seed`: who reads it verifies nothing, and a seed gives the same bytes everywhere.
ByteVector make_certificate(std::string_view subject, std::string_view issuer, Dates dates,
                            std::uint64_t seed);

/// A TLS 1.2 Certificate message with that one certificate (RFC 5246 section 7.4.2).
ByteVector certificate_message(const ByteVector& certificate);

}  // namespace tlswatch::fleet_sim
