#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/core/catalog/causes.h"
#include "daemon/core/catalog/stack.h"

namespace tlswatch::catalog {

/// Topic: what a code is about. A thousand codes of five stacks have some sixty things behind them: a row of
/// a table says what happened in its own words and names its topic, and the topic has the causes and the fix.
enum class Topic : std::uint8_t {
  none,                 ///< no error
  again,                ///< nothing failed: the call is to be made again
  ca_unknown,           ///< the chain ends nowhere the device trusts
  rejected,             ///< the certificate failed its check, and the code does not say which
  expired,              ///< by the device's clock
  not_yet_valid,        ///< by the device's clock
  dates_unreadable,     ///< dates in the certificate that cannot be read, or no clock
  server_name,          ///< the certificate names another host
  chain_malformed,      ///< a certificate that cannot be parsed or breaks X.509's rules
  chain_signature,      ///< a certificate that its issuer did not sign
  purpose,              ///< key usage, extended key usage, basic constraints
  revoked,              ///< the server's certificate is on a list
  crl,                  ///< the list itself: missing, old, unreadable
  ocsp,                 ///< the OCSP answer: missing, old, unreadable
  key_small,            ///< a key or hash below the device's minimum
  key_large,            ///< a key above what the device can take
  key_type,             ///< a kind of key or curve that the device lacks
  signature_algorithm,  ///< a signature or hash that the device lacks, or none in common
  own_certificate,      ///< the device's own certificate
  own_key,              ///< the device's own private key
  certificate_asked,    ///< a client certificate is wanted, and there is none
  stored_file,          ///< a certificate or key stored on the device cannot be read
  no_cipher,            ///< no cipher suite in common
  no_group,             ///< no group or curve in common
  version,              ///< no protocol version in common
  fragment_length,      ///< the maximum fragment length
  record_size,          ///< a record or message above a buffer
  memory,
  random,
  damaged,           ///< bytes that do not verify or decrypt
  handshake_broken,  ///< the peer's message is not what the protocol allows there
  alert_lost,        ///< a fatal alert came, and its number is not in the code
  closed,            ///< the peer closed
  reset,             ///< the connection broke
  timeout,
  dns,
  tcp,
  socket,        ///< the device's own sockets
  psk_identity,  ///< the pre-shared key's name
  psk_key,       ///< the pre-shared key itself
  resumption,    ///< sessions and tickets
  alpn,
  sni,
  not_tls,          ///< what answers speaks no TLS
  plain_client,     ///< a client speaks plain MQTT to the TLS port
  http_client,      ///< somebody speaks HTTP to the TLS port
  misuse,           ///< the firmware calls its TLS library wrongly
  not_built_in,     ///< left out when the firmware was built
  hardware,         ///< a crypto engine or secure element
  internal,         ///< the library's own fault, or one below it
  server_only,      ///< only a server gives this code
  not_for_tls,      ///< only other uses of the library give this code: DTLS, PKCS#7, self tests
  client_rejected,  ///< the broker's word: the client's certificate failed its check
  client_none,      ///< the broker's word: the client showed no certificate
  mqtt_protocol,    ///< the broker's word: the client broke MQTT's rules, or TLS failed below it
  mqtt_gone,        ///< the broker's word: the client went away
  mqtt_silent,      ///< the broker's word: the keepalive passed
  mqtt_taken_over,  ///< the broker's word: another connection has the client id
  mqtt_refused,     ///< user, password or rights
  mqtt_size,        ///< a message above a limit
  mqtt_version,     ///< no MQTT version in common
  server_closed,    ///< the broker's own reasons: limits, start, stop
  count             ///< not a topic
};

/// The causes behind a topic, the likeliest first; none for Topic::none and Topic::again.
CauseList causes_of(Topic topic) noexcept;

/// What to do, in that stack's own options and calls where they differ; text that lives for ever.
std::string_view fix_of(Topic topic, Stack stack) noexcept;

}  // namespace tlswatch::catalog
