#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/core/tls/lists.h"
#include "daemon/core/tls/max_fragment_length.h"
#include "daemon/core/tls/parse_error.h"
#include "plugin/wire/result.h"

namespace tlswatch::tls {

/// Bytes of a ClientHello at most, handshake header included: what a record carries (plugin/wire/FORMAT.md).
inline constexpr std::size_t kMaxClientHello = 4096;

/// ClientHello: what a client asked for. All views point into the message.
///
/// Numbers stand as they were sent, GREASE (RFC 8701) included; is_grease() in grease.h tells it.
struct ClientHello {
  std::uint16_t legacy_version = 0;
  Bytes random;      ///< 32 bytes
  Bytes session_id;  ///< 0..32 bytes; empty: no session id. TLS 1.3 clients send one for middleboxes
  NumberList cipher_suites;
  Bytes compression_methods;
  ExtensionList extensions;  ///< all of them, in the order sent

  NumberList supported_versions;    ///< RFC 8446 section 4.2.1
  NumberList supported_groups;      ///< RFC 8422, RFC 8446 section 4.2.7
  NumberList signature_algorithms;  ///< RFC 8446 section 4.2.3
  ProtocolList alpn;                ///< RFC 7301
  KeyShareList key_shares;
  PskIdentityList psk_identities;  ///< of pre_shared_key: TLS 1.3's PSKs and tickets

  bool has_server_name = false;  ///< the extension was there, also where its content was no host name
  std::string_view server_name;  ///< the first host_name (RFC 6066 section 3); outside bytes
  std::optional<MaxFragmentLength> max_fragment_length;  ///< RFC 6066 section 4; check valid()
  std::optional<std::uint16_t> record_size_limit;        ///< RFC 8449, bytes
  bool has_session_ticket = false;                       ///< RFC 5077: asks for tickets
  bool offers_session_ticket = false;                    ///< ... and brings one
  bool encrypt_then_mac = false;                         ///< RFC 7366
  bool extended_master_secret = false;                   ///< RFC 7627
  bool early_data = false;                               ///< RFC 8446 section 4.2.10
  bool secure_renegotiation = false;  ///< RFC 5746: the extension or the signalling suite value

  bool cut = false;                        ///< the message ends before its lengths do: lists may be short
  std::uint16_t malformed_extensions = 0;  ///< extensions whose content was skipped as not well-formed
  std::uint16_t repeated_extensions = 0;   ///< further ones of a known type; the first counts
  std::uint16_t unknown_extensions = 0;    ///< of types this parser does not look into, GREASE not counted

  /// The highest version offered, GREASE aside: from supported_versions, else legacy_version.
  std::uint16_t highest_version() const noexcept;
};

/// Parses a reassembled handshake message as a ClientHello (RFC 8446 section 4.1.2, RFC 5246
/// section 7.4.1.2).
///
/// message  bytes from msg_type on, without record header; at most kMaxClientHello
/// cut      the message was cut before it came here: what is there is parsed, and the result's `cut` says
///          whether something is missing
/// returns  views into `message`, valid while it lives; never allocates
/// errors   truncated   fewer bytes than the lengths promise (not with `cut`)
///          wrong_type  msg_type is not 1
///          bad_length  a length exceeds its container, or bytes are left over
///          too_long    above kMaxClientHello
/// limits   a bad extension costs that extension, not the hello: see malformed_extensions
Result<ClientHello, ParseError> parse_client_hello(Bytes message, bool cut = false) noexcept;

}  // namespace tlswatch::tls
