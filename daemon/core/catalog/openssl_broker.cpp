#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// Reasons that mean something else in a broker's log than on a device: there it is the client that shows its
// certificate, speaks the wrong protocol, or leaves.
// clang-format off
constexpr Row kRows[] = {
  {134, client_rejected, "CERTIFICATE_VERIFY_FAILED", "the broker rejects the certificate that the device showed"},
  {198, plain_client, "PACKET_LENGTH_TOO_LONG", "what the client sent is longer than a TLS record may be; as a rule it is no TLS"},
  {252, plain_client, "UNKNOWN_PROTOCOL", "what the client sent is no TLS"},
  {267, plain_client, "WRONG_VERSION_NUMBER", "what the client sent has no TLS version: it speaks something else on this port"},
  {294, mqtt_gone, "UNEXPECTED_EOF_WHILE_READING", "the client closed the connection without a goodbye; a device with BearSSL does so when it rejects the broker's certificate"},
  {298, plain_client, "RECORD_TOO_SMALL", "what the client sent is too short for a TLS record; as a rule it is no TLS"},
};
// clang-format on

}  // namespace

std::span<const Row> openssl_broker() noexcept {
  return kRows;
}

}  // namespace tlswatch::catalog
