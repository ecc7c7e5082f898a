#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/core/tls/client_hello.h"

namespace tlswatch::tls {

/// By this extension of its ClientHello, for private use (RFC 8446 section 11: 0xFF00 and above), `tlswatch
/// check` says what it is. Servers skip extensions that they do not know (RFC 8446 section 4.2).
inline constexpr std::uint16_t kCheckExtension = 0xFF74;
inline constexpr std::string_view kCheckMark = "tlswatch-check";

/// Whether a hello is a check's. It is a claim, as all that a hello says.
inline bool is_check(const ClientHello& hello) noexcept {
  for (const Extension& extension : hello.extensions) {
    if (extension.type == kCheckExtension && wire::as_text(extension.body) == kCheckMark) return true;
  }
  return false;
}

}  // namespace tlswatch::tls
