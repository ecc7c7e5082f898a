#include "daemon/check/server_keys.h"

#include <algorithm>

#include "daemon/check/attempt.h"
#include "daemon/check/rows.h"
#include "daemon/core/tls/cipher_suite.h"

namespace tlswatch::check {
namespace {

/// All suites of TLS 1.2 that need such a key, and are no museum pieces.
std::vector<std::uint16_t> suites_for(tls::Authentication authentication) {
  std::vector<std::uint16_t> out;
  for (const tls::CipherSuite& suite : tls::cipher_suites()) {
    const bool fits = suite.authentication == authentication && !suite.tls13_only() && !suite.uses_psk();
    if (fits && suite.mode != tls::CipherMode::null) out.push_back(suite.id);
  }
  return out;
}

}  // namespace

Result<std::vector<Der>, std::string> server_keys(const Target& target, const std::string& server_name,
                                                  std::chrono::milliseconds timeout) {
  const auto addresses = resolve(target, Clock::now() + timeout);
  if (!addresses) return addresses.error().why;
  const Offer offers[] = {
      {.highest = tls::kTls12, .cipher_suites = suites_for(tls::Authentication::rsa)},
      {.highest = tls::kTls12, .cipher_suites = suites_for(tls::Authentication::ecdsa)},
      {.lowest = tls::kTls13},
  };
  std::string why = "it has no address";
  std::vector<Der> out;
  for (const Address& address : *addresses) {
    for (const Offer& offer : offers) {
      const Attempt seen = attempt(address, offer, {.server_name = server_name}, {}, timeout);
      if (!seen.heard.chain.empty() && std::ranges::find(out, seen.heard.chain.front()) == out.end())
        out.push_back(seen.heard.chain.front());
      why = end_text(seen);
      if (!seen.connected || seen.end == End::timeout) break;
    }
    if (!out.empty()) return out;
  }
  return why;
}

}  // namespace tlswatch::check
