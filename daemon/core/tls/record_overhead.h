#pragma once

#include <cstdint>
#include <optional>

namespace tlswatch::tls {

/// Overhead: bytes of a protected record that are not its plaintext, header aside; between `least` and
/// `most`.
struct Overhead {
  std::uint16_t least = 0;
  std::uint16_t most = 0;
  constexpr bool exact() const noexcept { return least == most; }
  bool operator==(const Overhead&) const = default;
};

/// What protection adds to each record's plaintext.
///
/// suite, version    as negotiated (0x0300..0x0304)
/// encrypt_then_mac  RFC 7366 was negotiated; matters for CBC only
/// returns  exact for stream, NULL and AEAD suites; for CBC from one byte of padding to 256, since how much a
///          sender pads is its own business (RFC 5246 section 6.2.3.2). TLS 1.3 has one byte of content type
///          and a tag of 16 (8 for CCM_8), and may pad without limit (RFC 8446 section 5.4): `most` leaves
///          that out, as OpenSSL pads only when told to. Nothing for an unknown suite or version
std::optional<Overhead> record_overhead(std::uint16_t suite, std::uint16_t version,
                                        bool encrypt_then_mac = false) noexcept;

/// PlaintextBytes: how many bytes of plaintext a record of a given length holds, between two bounds.
struct PlaintextBytes {
  std::uint16_t least = 0;
  std::uint16_t most = 0;
  bool operator==(const PlaintextBytes&) const = default;
};

/// Reads a record's plaintext length off the length in its header, TLSCiphertext.length. For CBC the bounds
/// also use that ciphertext comes in blocks. Nothing where the record is too short for its suite.
std::optional<PlaintextBytes> plaintext_bytes(std::uint16_t record_length, std::uint16_t suite,
                                              std::uint16_t version, bool encrypt_then_mac = false) noexcept;

}  // namespace tlswatch::tls
