#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>

#include "session_pool.h"

namespace tlswatch::plugin {

/// What a handshake shows, noted in its session while it lasts. Each is called from an OpenSSL callback, on
/// the broker's thread, between the saving and restoring of errno and error queue.

/// A handshake message (RFC 8446 section 4), from msg_type on, reassembled: the TLS client's, which is the
/// peer but for our own bridges, or the TLS server's.
void note_client_message(Session& session, const std::uint8_t* bytes, std::size_t size) noexcept;
void note_server_message(Session& session, SSL* ssl, const std::uint8_t* bytes, std::size_t size) noexcept;

/// What the ServerHello has settled: version, suite, MFLN.
void note_negotiated(Session& session, SSL* ssl) noexcept;

/// An alert as the info callback gives it: level << 8 | description.
void note_alert(Session& session, SSL* ssl, bool received, int value) noexcept;

/// The first error that ended the handshake, or the session, when this call of OpenSSL's ended it.
void note_error(Session& session, const SSL* ssl) noexcept;

/// The totals of a handshake; they are counted from the record headers afterwards.
void note_traffic(Session& session, const SSL* ssl) noexcept;

}  // namespace tlswatch::plugin
