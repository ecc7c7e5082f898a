#pragma once

#include <cstdint>

#include "daemon/core/tls/lists.h"
#include "daemon/core/tls/parse_error.h"
#include "plugin/wire/result.h"

namespace tlswatch::tls {

/// LeafCertificate: the first certificate of a Certificate message.
struct LeafCertificate {
  Bytes der;           ///< a view into the message; empty: the peer sent an empty list, it has none
  bool cut = false;    ///< the message ended inside it: enough for a subject perhaps, not for a key
  bool tls13 = false;  ///< in TLS 1.3's layout
};

/// Finds the first certificate of a Certificate message in TLS 1.2's layout (RFC 5246 section 7.4.2) or TLS
/// 1.3's (RFC 8446 section 4.4.2, with the request context before and extensions behind).
///
/// message   from msg_type on
/// version   the negotiated version: 0x0304 reads TLS 1.3's layout, all else TLS 1.2's
/// cut       the message was cut before it came here
/// errors    truncated (not with `cut`), wrong_type (msg_type is not 11), bad_length
Result<LeafCertificate, ParseError> first_certificate(Bytes message, std::uint16_t version,
                                                      bool cut = false) noexcept;

}  // namespace tlswatch::tls
