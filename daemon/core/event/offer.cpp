#include "daemon/core/event/offer.h"

#include <algorithm>
#include <span>

#include "daemon/core/tls/cipher_suite.h"
#include "daemon/core/tls/host_name.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::event {
namespace {

using diagnose::KeyUse;
using diagnose::ServerChain;
using diagnose::ServerName;
using tls::Authentication;

/// Above the leaf, the Certificate message has its lengths and, on TLS 1.3, the leaf's extensions (RFC 8446
/// section 4.4.2); a second certificate is longer than this.
constexpr std::uint32_t kMostFraming = 64;

// IANA "TLS SignatureScheme"; what never became a scheme is a hash (1 to 6) and a key (RFC 5246
// section 7.4.1.4.1: 1 RSA, 3 ECDSA).
bool of_tls12(std::uint16_t scheme, std::uint8_t key) noexcept {
  return (scheme & 0xFF) == key && scheme >> 8 >= 1 && scheme >> 8 <= 6;
}
bool signs_by_rsa(std::uint16_t scheme) noexcept {
  return of_tls12(scheme, 1) || (scheme >= 0x0804 && scheme <= 0x0806);
}
bool signs_by_rsa_pss(std::uint16_t scheme) noexcept {
  return scheme >= 0x0809 && scheme <= 0x080B;
}
bool signs_by_ecdsa(std::uint16_t scheme) noexcept {
  return of_tls12(scheme, 3) || (scheme >= 0x081A && scheme <= 0x081C);
}
bool signs_by_ed25519(std::uint16_t scheme) noexcept {
  return scheme == 0x0807;
}
bool signs_by_ed448(std::uint16_t scheme) noexcept {
  return scheme == 0x0808;
}

struct KeyKind {
  std::string_view algorithm;
  Authentication suites;  ///< of the ciphers that such a key is for
  bool (*signs)(std::uint16_t scheme) noexcept;
  bool by_default;  ///< without the extension
};
constexpr KeyKind kKinds[] = {
    {"RSA", Authentication::rsa, signs_by_rsa, true},
    {"RSA-PSS", Authentication::rsa, signs_by_rsa_pss, false},
    {"EC", Authentication::ecdsa, signs_by_ecdsa, true},
    {"Ed25519", Authentication::ecdsa, signs_by_ed25519, false},  // RFC 8422 section 5.10
    {"Ed448", Authentication::ecdsa, signs_by_ed448, false},
};

/// What the ciphers need the key for.
enum class Ciphers : std::uint8_t { none, to_sign, to_decrypt };

Ciphers ciphers_for(const KeyKind& kind, const tls::ClientHello& hello) noexcept {
  Ciphers out = Ciphers::none;
  for (const std::uint16_t id : hello.cipher_suites) {
    const tls::CipherSuite* const suite = tls::find_cipher_suite(id);
    if (suite == nullptr) continue;
    if (suite->key_exchange == tls::KeyExchange::rsa && kind.algorithm == "RSA") return Ciphers::to_decrypt;
    if (suite->tls13_only() || suite->authentication == kind.suites) out = Ciphers::to_sign;
  }
  return out;
}

/// How a CA that is no root calls itself, in whole words.
constexpr std::string_view kIntermediateNames[] = {"intermediate", "issuing", "subordinate", "sub-ca",
                                                   "subca"};
/// Hashes of certificates that are no longer accepted (RFC 9155, CA/Browser Forum Baseline
/// Requirements 7.1.3.2).
constexpr std::string_view kDeprecatedHashes[] = {"md5", "sha1"};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool of_word(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

/// Whether one of the words stands in a text, by itself and in any case.
bool has_word(std::string_view text, std::span<const std::string_view> words) noexcept {
  const auto same = [](char a, char b) { return lower(a) == b; };
  return std::ranges::any_of(words, [&](std::string_view word) {
    for (auto from = text.begin();;) {
      const auto found = std::ranges::search(from, text.end(), word.begin(), word.end(), same);
      if (found.empty()) return false;
      const bool begins = found.begin() == text.begin() || !of_word(*(found.begin() - 1));
      if (begins && (found.end() == text.end() || !of_word(*found.end()))) return true;
      from = found.begin() + 1;
    }
  });
}

bool lacks_curve(const tls::ClientHello& hello, const CertificateFacts& certificate) noexcept {
  if (certificate.key_curve.empty() || hello.supported_groups.empty()) return false;
  if (hello.highest_version() >= tls::kTls13) return false;  // there the signature algorithms say it
  return std::ranges::none_of(hello.supported_groups, [&](std::uint16_t group) {
    return tls::group_name(group) == certificate.key_curve;
  });
}

}  // namespace

ServerName server_name(std::string_view asked, const CertificateFacts& certificate) noexcept {
  if (asked.empty() || tls::is_ip_literal(asked)) return ServerName::unknown;
  const auto matches = [&](std::string_view name) { return tls::host_name_matches(name, asked); };
  if (std::ranges::any_of(certificate.dns_names, matches)) return ServerName::matches;
  if (!certificate.all_names_known) return ServerName::unknown;
  return certificate.dns_names.empty() && matches(certificate.common_name) ? ServerName::unknown
                                                                           : ServerName::differs;
}

diagnose::Dates dates_at(const CertificateFacts& certificate, std::uint64_t unix_ns) noexcept {
  const auto now_s = static_cast<std::int64_t>(unix_ns / 1'000'000'000);
  if (certificate.not_after_unix_s < now_s) return diagnose::Dates::expired;
  return certificate.not_before_unix_s > now_s ? diagnose::Dates::not_yet_valid : diagnose::Dates::good;
}

KeyUse key_use(const tls::ClientHello& hello, const CertificateFacts& certificate) noexcept {
  const auto kind = std::ranges::find(kKinds, certificate.key_algorithm, &KeyKind::algorithm);
  if (kind == std::end(kKinds) || hello.cut) return KeyUse::unknown;
  const Ciphers ciphers = ciphers_for(*kind, hello);
  if (ciphers == Ciphers::none) return KeyUse::no_cipher;
  if (ciphers == Ciphers::to_decrypt) return KeyUse::usable;
  const bool signs = hello.signature_algorithms.empty()
                         ? kind->by_default
                         : std::ranges::any_of(hello.signature_algorithms, kind->signs);
  return signs && !lacks_curve(hello, certificate) ? KeyUse::usable : KeyUse::unusable;
}

diagnose::ServerSignature server_signature(const CertificateFacts& certificate) noexcept {
  using diagnose::ServerSignature;
  if (certificate.subject == certificate.issuer || certificate.signature_algorithm.empty())
    return ServerSignature::unknown;
  return has_word(certificate.signature_algorithm, kDeprecatedHashes) ? ServerSignature::deprecated
                                                                      : ServerSignature::current;
}

ServerChain server_chain(std::optional<std::uint32_t> message_bytes, const CertificateFacts& leaf) noexcept {
  if (!message_bytes || leaf.der_bytes == 0 || *message_bytes < leaf.der_bytes) return ServerChain::unknown;
  if (*message_bytes - leaf.der_bytes > kMostFraming) return ServerChain::longer;
  if (leaf.subject == leaf.issuer) return ServerChain::self_signed;
  const bool below_intermediate = leaf.issuer_published || has_word(leaf.issuer, kIntermediateNames);
  return below_intermediate ? ServerChain::incomplete : ServerChain::leaf_only;
}

}  // namespace tlswatch::event
