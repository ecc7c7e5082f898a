#include <array>
#include <cstdint>
#include <cstdlib>

#include "daemon/core/tls/client_hello.h"
#include "daemon/core/tls/ja4.h"

/// Any bytes as a ClientHello, cut and not: every view must lie within them, and JA4 must come to an end.
namespace {

std::array<std::uint8_t, 32> no_hash(tlswatch::wire::Bytes bytes) {
  std::array<std::uint8_t, 32> out{};
  for (std::size_t i = 0; i < bytes.size(); ++i) out[i % out.size()] ^= bytes[i];
  return out;
}

void within(tlswatch::wire::Bytes whole, tlswatch::wire::Bytes part) {
  if (part.empty()) return;
  if (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  const wire::Bytes message(data, size);
  for (const bool cut : {false, true}) {
    const auto hello = tls::parse_client_hello(message, cut);
    if (!hello) continue;
    if (!cut && hello->cut) std::abort();
    for (const auto& extension : hello->extensions) within(message, extension.body);
    for (const auto& identity : hello->psk_identities) within(message, identity.identity);
    for (const auto& share : hello->key_shares) within(message, share.key_exchange);
    for (const auto protocol : hello->alpn)
      within(message, {reinterpret_cast<const std::uint8_t*>(protocol.data()), protocol.size()});
    const auto fingerprint = tls::ja4(*hello, no_hash);
    if (fingerprint.has_value() == hello->cut) std::abort();
    if (fingerprint && fingerprint->view().size() != tls::Ja4::kSize) std::abort();
  }
  return 0;
}
