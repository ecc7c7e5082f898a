#include "daemon/core/tls/key_exchange.h"

#include "daemon/core/tls/message_reader.h"

namespace tlswatch::tls {
namespace {

constexpr std::uint8_t kServerKeyExchangeType = 12;
constexpr std::uint8_t kClientKeyExchangeType = 16;
constexpr std::uint8_t kNamedCurve = 3;  // RFC 8422 section 5.4, ECCurveType
constexpr std::size_t kMaxHandshakeMessage = 0xFFFFFF + 4;

}  // namespace

Result<std::uint16_t, ParseError> parse_server_key_exchange_head(Bytes head) noexcept {
  MessageReader r(head, kServerKeyExchangeType, kMaxHandshakeMessage, true);
  const std::uint8_t curve_type = r.u8();
  const std::uint16_t curve = r.be16();
  r.vector8();  // the point: not here as a rule, but its length must fit the message
  if (const auto error = r.error()) return *error;
  if (head.size() < kServerKeyExchangeHead - 1) return ParseError::truncated;
  if (curve_type != kNamedCurve) return ParseError::wrong_type;
  return curve;
}

Result<Bytes, ParseError> parse_psk_client_key_exchange(Bytes message, bool cut) noexcept {
  MessageReader r(message, kClientKeyExchangeType, kMaxHandshakeMessage, cut);
  const Bytes identity = r.vector16();
  if (const auto error = r.error()) return *error;
  if (r.cut()) return ParseError::truncated;
  return identity;
}

}  // namespace tlswatch::tls
