#pragma once

#include <cstdint>
#include <optional>

namespace tlswatch::tls {

/// Overhead: bytes of a protected record that are not its plaintext, header aside.
struct Overhead {
  std::uint16_t least = 0;
  std::uint16_t most = 0;
  constexpr bool exact() const noexcept { return least == most; }
  bool operator==(const Overhead&) const = default;
};

/// What protection adds to each record's plaintext.
///
/// suite, version    as negotiated, 0x0300..0x0304
/// encrypt_then_mac  RFC 7366 was negotiated: matters to CBC only, and not to these two bounds
/// returns  exact for stream, NULL and AEAD suites; for CBC from one byte of padding to 256, since how much a
///          sender pads is its own business (RFC 5246 section 6.2.3.2; up to a block on SSL 3). TLS 1.3 adds
///          one byte of content type and the tag; it may pad at will (RFC 8446 section 5.4), which `most`
///          leaves out: OpenSSL pads only when told to. Nothing for an unknown suite or version, and where
///          the two do not go together
std::optional<Overhead> record_overhead(std::uint16_t suite, std::uint16_t version,
                                        bool encrypt_then_mac = false) noexcept;

/// PlaintextBytes: how many bytes of plaintext a record of a given length holds.
struct PlaintextBytes {
  std::uint16_t least = 0;  ///< beyond doubt
  std::uint16_t most = 0;
  /// The least where CBC is padded no further than to the next block: OpenSSL, BearSSL and mbedTLS send so.
  std::uint16_t least_usual = 0;
  bool operator==(const PlaintextBytes&) const = default;
};

/// Reads a record's plaintext off the length in its header (TLSCiphertext.length).
///
/// returns  nothing for what record_overhead does not know, and where no record of that suite can have this
///          length: too short, or for CBC no whole blocks
std::optional<PlaintextBytes> plaintext_bytes(std::uint16_t record_length, std::uint16_t suite,
                                              std::uint16_t version, bool encrypt_then_mac = false) noexcept;

}  // namespace tlswatch::tls
