#include "daemon/core/tls/certificate.h"

#include "daemon/core/tls/message_reader.h"
#include "daemon/core/tls/names.h"

namespace tlswatch::tls {
namespace {

constexpr std::uint8_t kCertificateType = 11;
constexpr std::size_t kMaxHandshakeMessage = 0xFFFFFF + 4;

}  // namespace

Result<LeafCertificate, ParseError> first_certificate(Bytes message, std::uint16_t version,
                                                      bool cut) noexcept {
  MessageReader r(message, kCertificateType, kMaxHandshakeMessage, cut);
  LeafCertificate leaf;
  leaf.tls13 = version == kTls13;
  if (leaf.tls13) r.vector8();  // certificate_request_context
  const std::size_t list = r.open24();
  if (list != 0) leaf.der = r.vector24();
  leaf.cut = r.cut();
  if (const auto error = r.error()) return *error;
  // A certificate that reaches past its list is read all the same by the reader above, which only knows the
  // message's end.
  if (leaf.der.size() + 3 > list && list != 0) return ParseError::bad_length;
  return leaf;
}

}  // namespace tlswatch::tls
