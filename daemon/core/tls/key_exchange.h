#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/core/tls/lists.h"
#include "daemon/core/tls/parse_error.h"
#include "plugin/wire/result.h"

/// The key exchange messages up to TLS 1.2; TLS 1.3 has none (see ServerHello::selected_group).
namespace tlswatch::tls {

/// Bytes of a ServerKeyExchange that a record carries: header, ECCurveType, NamedCurve, point length.
inline constexpr std::size_t kServerKeyExchangeHead = 8;

/// Reads the named curve out of the first bytes of an ECDHE ServerKeyExchange (RFC 8422 section 5.4).
///
/// head     the first kServerKeyExchangeHead bytes from msg_type on, or more
/// returns  the curve's number in the IANA registry of supported groups
/// errors   truncated   fewer than 7 bytes
///          wrong_type  msg_type is not 12, or curve_type is not named_curve(3): no ECDHE. Other key
///          exchanges
///                      (DHE, PSK) begin with a length there, so ask only where the suite is an ECDHE one;
///                      ECDHE_PSK begins with the hint and is not read here
///          bad_length  the message is shorter than a curve and a point
Result<std::uint16_t, ParseError> parse_server_key_exchange_head(Bytes head) noexcept;

/// Reads the identity out of a PSK suite's ClientKeyExchange: PSK, DHE_PSK, RSA_PSK (RFC 4279 sections 2 to
/// 4) and ECDHE_PSK (RFC 5489 section 2) all begin with it.
///
/// message  from msg_type on, at most cut behind the identity
/// returns  the identity, a view into `message`; outside bytes, may be empty
/// errors   truncated, wrong_type (msg_type is not 16), bad_length (the identity reaches past the message)
Result<Bytes, ParseError> parse_psk_client_key_exchange(Bytes message, bool cut = false) noexcept;

}  // namespace tlswatch::tls
