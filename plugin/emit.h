#pragma once

#include <cstdint>
#include <string_view>

#include "identity.h"
#include "plugin/wire/cursor.h"
#include "session_pool.h"
#include "tcp_facts.h"

namespace tlswatch::plugin {

/// Each call builds one record (FORMAT.md) and publishes it. None allocates, none makes a system call.
void emit_broker_start(std::string_view broker_version) noexcept;
void emit_broker_stop() noexcept;
void emit_session_start(const Session& session) noexcept;
void emit_handshake(const Session& session, const TcpFacts& tcp, std::string_view psk_identity,
                    wire::Bytes peer_certificate) noexcept;
/// Says which client a session belongs to, unless just that was said before.
void emit_identified(Session& session, const ClientFacts& client) noexcept;
void emit_session_end(const Session& session, const TcpFacts& tcp, const ClientFacts* client) noexcept;
/// `session` may be nullptr: a client whose session is not known, or one without TLS.
void emit_message(wire::RecordType type, const Session* session, const ClientFacts& client,
                  const Address& address, std::string_view topic, wire::Bytes payload) noexcept;
/// The totals, when they have grown since they were last said.
void emit_counters() noexcept;

}  // namespace tlswatch::plugin
