#pragma once

#include <cstdint>
#include <string_view>

#include "firmware.h"

namespace tlswatch::fleet_sim {

/// The end of a certificate that outlives every run: 2049-12-31.
inline constexpr std::int64_t kLongValid = 2'524'521'600;

/// An X.509 certificate (RFC 5280) on an RSA key of 2048 bits, in DER, valid since 2025. Modulus and
/// signature are random bytes drawn from `seed`: who reads it verifies nothing, and a seed gives the same
/// bytes everywhere.
///
/// not_after  Unix time, before 2050
ByteVector make_certificate(std::string_view subject, std::string_view issuer, std::int64_t not_after,
                            std::uint64_t seed);

/// A TLS 1.2 Certificate message with that one certificate (RFC 5246 section 7.4.2).
ByteVector certificate_message(const ByteVector& certificate);

}  // namespace tlswatch::fleet_sim
