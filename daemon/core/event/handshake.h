#pragma once

#include <optional>

#include "daemon/core/diagnose/symptoms.h"
#include "daemon/core/event/events.h"
#include "daemon/core/policy/profile.h"
#include "daemon/core/tls/client_hello.h"
#include "daemon/core/tls/server_hello.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::event {

/// HandshakeMessages: what could be parsed of a handshake record. Views into the record.
struct HandshakeMessages {
  std::optional<tls::ClientHello> client_hello;
  std::optional<tls::ServerHello> server_hello;
  std::optional<tls::EncryptedExtensions> encrypted_extensions;
  std::uint16_t unreadable = 0;  ///< messages that were there, but are not what they should be
};
HandshakeMessages parse_messages(const facts::Handshake& handshake) noexcept;

/// What the handshake stage is handed besides the record.
struct HandshakeTools {
  tls::Sha256 sha256 = nullptr;  ///< null: no JA4
  CertificateReader* certificates = nullptr;
};

/// HandshakeView: a handshake record, parsed, and what further stages need of it.
struct HandshakeView {
  TlsHandshake event;                 ///< all but header's ids, session, mfln, policy and message
  std::uint16_t mfln_requested = 0;   ///< bytes; 0: none
  std::uint16_t mfln_negotiated = 0;  ///< bytes; 0: none
  bool encrypt_then_mac = false;
  std::optional<tls::Bytes> external_psk;  ///< offered or used, all versions
  diagnose::BrokerSymptoms symptoms;
  std::uint16_t unreadable_messages = 0;
};

/// Reads one handshake record: facts in, event and symptoms out.
HandshakeView read_handshake(const facts::Handshake& handshake, const HandshakeTools& tools);

/// One sentence for people: "TLS handshake from 10.0.0.7:41022 failed after server-hello: no shared cipher".
std::string handshake_message(const TlsHandshake& event, const diagnose::BrokerSymptoms& symptoms);

/// "10.0.0.7:41022", "[2001:db8::1]:41022"; "an unknown address" where there is none.
std::string endpoint_text(const std::optional<Endpoint>& endpoint);

std::optional<Endpoint> to_endpoint(const std::optional<facts::Address>& address) noexcept;

}  // namespace tlswatch::event
