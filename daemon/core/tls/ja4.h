#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/tls/client_hello.h"

namespace tlswatch::tls {

/// SHA-256 (FIPS 180-4) of `bytes`, handed in: the core has no cryptographic library.
using Sha256 = std::array<std::uint8_t, 32> (*)(Bytes bytes);

/// Ja4: a client's fingerprint, such as t13d1516h2_8daaf6152771_e5627efa2ab1.
struct Ja4 {
  static constexpr std::size_t kSize = 36;
  std::array<char, kSize> text{};
  std::string_view view() const noexcept { return {text.data(), text.size()}; }
  bool operator==(const Ja4&) const = default;
};

/// Computes the JA4 TLS client fingerprint over TCP (FoxIO, technical_details/JA4.md; BSD-3-Clause).
///
/// returns  nothing where the hello was cut: a fingerprint over half
///          of a hello would name another client
std::optional<Ja4> ja4(const ClientHello& hello, Sha256 sha256);

/// The same before hashing (FoxIO's JA4_r): sorted lists in hex, for people and tests.
std::optional<std::string> ja4_raw(const ClientHello& hello);

}  // namespace tlswatch::tls
