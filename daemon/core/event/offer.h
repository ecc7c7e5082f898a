#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/core/diagnose/symptoms.h"
#include "daemon/core/event/certificate_facts.h"
#include "daemon/core/tls/client_hello.h"

/// What a client's hello asks for, against the certificate that the broker has.
namespace tlswatch::event {

/// Whether the name asked for by SNI is one of the certificate's.
///
/// asked  of the hello; empty: it asked for none
/// limits unknown also for an IP address, where the certificate has names that were not kept, and where it
///        has no DNS name at all but this as its common name: clients differ in what they make of that (RFC
///        6125 section 6.4.4)
diagnose::ServerName server_name(std::string_view asked, const CertificateFacts& certificate) noexcept;

/// What the certificate's dates say at this time.
diagnose::Dates dates_at(const CertificateFacts& certificate, std::uint64_t unix_ns) noexcept;

/// Whether the client can use a key of this kind: by its ciphers (which the key must be for), its signature
/// algorithms (RFC 8446 section 4.2.3; without them RFC 5246 section 7.4.1.4.1 has SHA-1 with RSA and ECDSA)
/// and, up to TLS 1.2, its curves (RFC 8422 section 5.1.1).
///
/// limits  unknown for a kind of key without a row, and where the hello was cut
diagnose::KeyUse key_use(const tls::ClientHello& hello, const CertificateFacts& certificate) noexcept;

/// What the certificate is signed with; unknown where it signs itself, since nobody checks that signature.
diagnose::ServerSignature server_signature(const CertificateFacts& certificate) noexcept;

/// What the Certificate message holds. A leaf that stands alone is right below a root, and lacks its
/// intermediate where the issuer is none: one that says where its own certificate is (AIA, RFC 5280
/// section 4.2.2.1), as only those do that not everybody has, or that calls itself an issuing, intermediate
/// or subordinate CA.
///
/// message_bytes  of the whole message; nothing: none was sent
/// limits         the name is a hint: a root may be called so, and an intermediate by a name that says
/// nothing
diagnose::ServerChain server_chain(std::optional<std::uint32_t> message_bytes,
                                   const CertificateFacts& leaf) noexcept;

}  // namespace tlswatch::event
