#pragma once

#include <optional>

#include "daemon/core/tls/client_hello.h"
#include "daemon/core/tls/server_hello.h"

namespace tlswatch::event {

/// The longest external PSK identity that printable text alone is believed of: OpenSSL's PSK_MAX_IDENTITY_LEN
/// of TLS 1.2 clients.
inline constexpr std::size_t kMaxTextIdentity = 128;

/// Whether an identity in a TLS 1.3 ClientHello names an external PSK rather than a session ticket.
///
/// RFC 8446 gives both the same form, and OpenSSL's SSL_session_reused is true for both. The rule: external
/// is
///   - an obfuscated_ticket_age of 0, which section 4.2.11 asks for (SHOULD) with external PSKs, and which a
///     ticket has once in 2^32 times; or
///   - printable ASCII of at most kMaxTextIdentity bytes: OpenSSL's tickets are 100 opaque bytes and more,
///   its
///     stateful ones 32 random bytes, which are all printable once in 10^13 times.
/// Limit: a binary external identity from a client that ignores the SHOULD is taken for a ticket.
bool is_external_psk(const tls::PskIdentity& identity) noexcept;

/// The external PSK identity of a TLS 1.3 handshake: the one the server selected, or, where it selected none,
/// the first one offered. Nothing where the client offered none, or the server chose a ticket.
std::optional<tls::Bytes> external_psk(const tls::ClientHello& hello,
                                       const tls::ServerHello* answer) noexcept;

}  // namespace tlswatch::event
