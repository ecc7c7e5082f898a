#include "daemon/core/event/psk.h"

#include <algorithm>

namespace tlswatch::event {

bool is_external_psk(const tls::PskIdentity& psk) noexcept {
  if (psk.obfuscated_ticket_age == 0) return true;
  if (psk.identity.empty() || psk.identity.size() > kMaxTextIdentity) return false;
  return std::ranges::all_of(psk.identity, [](std::uint8_t b) { return b >= 0x20 && b < 0x7F; });
}

std::optional<tls::Bytes> external_psk(const tls::ClientHello& hello,
                                       const tls::ServerHello* answer) noexcept {
  const bool selected = answer != nullptr && answer->selected_psk.has_value();
  std::size_t index = 0;
  for (const tls::PskIdentity& psk : hello.psk_identities) {
    const bool candidate = !selected || index == *answer->selected_psk;
    ++index;
    if (candidate && is_external_psk(psk)) return psk.identity;
  }
  return std::nullopt;
}

}  // namespace tlswatch::event
