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

/// Bytes of a ServerHello or EncryptedExtensions at most. A record carries 512; a post-quantum key share
/// (X25519MLKEM768: 1,120 bytes) makes a whole one longer.
inline constexpr std::size_t kMaxServerHello = 4096;

/// ServerHello: what the server chose. All views point into the message.
struct ServerHello {
  std::uint16_t legacy_version = 0;
  std::uint16_t version = 0;  ///< the negotiated one: supported_versions, else legacy_version
  Bytes random;
  Bytes
      session_id;  ///< TLS 1.2: the client's own again where a session was resumed; 1.3: always the client's
  std::uint16_t cipher_suite = 0;
  ExtensionList extensions;
  bool hello_retry_request = false;  ///< RFC 8446 section 4.1.3: told by its random

  std::optional<std::uint16_t> selected_group;  ///< of key_share; in a HelloRetryRequest the group asked for
  std::optional<std::uint16_t> selected_psk;    ///< index of pre_shared_key: PSK or resumption on TLS 1.3
  std::optional<MaxFragmentLength> max_fragment_length;  ///< TLS 1.2's echo; TLS 1.3's: EncryptedExtensions
  std::optional<std::uint16_t> record_size_limit;        ///< TLS 1.2 only; bytes
  std::string_view alpn;                                 ///< TLS 1.2 only; empty: none
  bool encrypt_then_mac = false;
  bool extended_master_secret = false;
  bool secure_renegotiation = false;
  bool session_ticket = false;  ///< a NewSessionTicket will follow (RFC 5077)

  bool cut = false;
  std::uint16_t malformed_extensions = 0;
};

/// Parses a ServerHello or HelloRetryRequest (RFC 8446 section 4.1.3 and 4.1.4, RFC 5246 section 7.4.1.3).
///
/// Arguments, lifetime and errors as parse_client_hello (msg_type 2, at most kMaxServerHello).
Result<ServerHello, ParseError> parse_server_hello(Bytes message, bool cut = false) noexcept;

/// EncryptedExtensions: where TLS 1.3 answers what a TLS 1.2 server answers in its hello.
struct EncryptedExtensions {
  ExtensionList extensions;
  std::optional<MaxFragmentLength> max_fragment_length;
  std::optional<std::uint16_t> record_size_limit;  ///< bytes, the content type included (RFC 8449 section 4)
  std::string_view alpn;
  bool early_data = false;
  bool cut = false;
  std::uint16_t malformed_extensions = 0;
};

/// Parses EncryptedExtensions (RFC 8446 section 4.3.1). Arguments, lifetime and errors as parse_server_hello
/// (msg_type 8).
Result<EncryptedExtensions, ParseError> parse_encrypted_extensions(Bytes message, bool cut = false) noexcept;

}  // namespace tlswatch::tls
