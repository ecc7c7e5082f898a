#include "daemon/core/tls/cipher_suite.h"

#include <algorithm>

#include "daemon/core/tls/cipher_suite_table.h"

namespace tlswatch::tls {
namespace {

static_assert(std::ranges::is_sorted(kCipherSuites, {}, &CipherSuite::id));
static_assert(std::ranges::adjacent_find(kCipherSuites, {}, &CipherSuite::id) == kCipherSuites.end());

}  // namespace

std::span<const CipherSuite> cipher_suites() noexcept {
  return kCipherSuites;
}

const CipherSuite* find_cipher_suite(std::uint16_t id) noexcept {
  const auto* const at = std::ranges::lower_bound(kCipherSuites, id, {}, &CipherSuite::id);
  return at != kCipherSuites.end() && at->id == id ? at : nullptr;
}

std::string_view cipher_suite_name(std::uint16_t id) noexcept {
  if (id == kEmptyRenegotiationInfoScsv) return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
  if (id == kFallbackScsv) return "TLS_FALLBACK_SCSV";
  const CipherSuite* const suite = find_cipher_suite(id);
  return suite != nullptr ? suite->name : std::string_view();
}

}  // namespace tlswatch::tls
