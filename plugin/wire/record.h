#pragma once

#include <cstddef>
#include <cstdint>

/// The event records: what the plugin tells the daemon, one record an event. FORMAT.md has the grammar and a
/// worked example; this header has the numbers. Numbers are never reused; a reader skips a section it does
/// not know and counts a record type it does not know.
namespace tlswatch::wire {

inline constexpr std::size_t kRecordHeaderSize = 32;
inline constexpr std::size_t kSectionHeaderSize = 4;
inline constexpr std::size_t kMaxRecordSize = 32768;
inline constexpr std::size_t kRecordAlignment = 8;

/// Bit 15 of a section's tag: its content was cut at the limit.
inline constexpr std::uint16_t kTruncated = 0x8000;

enum class RecordType : std::uint16_t {
  broker_start = 1,   ///< the plugin began to watch: versions
  session_start = 2,  ///< a ClientHello came: peer_address, local_address, role
  handshake = 3,      ///< the handshake ended, well or badly: all that was seen of it
  identified = 4,     ///< which MQTT client a session belongs to; may be sent again when better known
  session_end = 5,    ///< an established session's SSL was freed
  device_report = 6,  ///< a PUBLISH on the report topic
  log_line = 7,       ///< a PUBLISH on the log topic
  counters = 8,       ///< what the plugin could not watch, as totals since broker_start
  broker_stop = 9,    ///< the plugin stopped watching in good order
  padding = 0xFFFF,   ///< fills the ring's end; only size and type are there
};

enum class Section : std::uint16_t {
  peer_address = 1,   ///< u16 port, 4 or 16 address bytes
  local_address = 2,  ///< the same
  role = 3,           ///< u8 Role, u8 Transport
  client_hello = 4,   ///< the first ClientHello, from msg_type on (RFC 8446 section 4)
  server_hello = 5,   ///< the last ServerHello (a HelloRetryRequest is replaced by what follows)
  encrypted_extensions = 6,
  server_key_exchange = 7,         ///< the first 8 bytes from msg_type on: ECDHE's named curve (RFC 8422)
  psk_client_key_exchange = 8,     ///< PSK suites only (RFC 4279 section 2)
  client_certificate_message = 9,  ///< the client's Certificate message, from msg_type on
  client_certificate = 10,         ///< DER, where a resumed session holds it and no message came
  server_certificate = 11,         ///< DER of our leaf
  server_chain = 12,               ///< u32 bytes of our Certificate message
  first_bytes = 13,                ///< the first 5 bytes of what is not TLS
  alerts = 14,                     ///< each u8 Direction, u8 level, u8 description, u8 0
  openssl_error = 15,              ///< u64 packed error (ERR_get_error(3)), then its reason as text
  verify = 16,                     ///< u32 X509_V_ERR_*, i32 depth (-1 not known), then the reason as text
  outcome = 17,                    ///< see FORMAT.md
  psk_identity = 18,               ///< text
  tcp = 19,                        ///< see FORMAT.md
  traffic = 20,                    ///< see FORMAT.md
  timing = 21,           ///< u64 ns since the session was first seen, u64 ns since the ClientHello or 0
  client_id = 22,        ///< text
  username = 23,         ///< text
  identity = 24,         ///< u8 Evidence, u8 IdentityFlag bits, u16 MQTT protocol, u16 keepalive seconds
  topic = 25,            ///< text
  payload = 26,          ///< bytes
  disconnect = 27,       ///< i32 reason as Mosquitto gave it, -1 where it gave none
  plugin_version = 28,   ///< text
  openssl_version = 29,  ///< text
  broker_version = 30,   ///< text
  counter = 31,          ///< u16 Counter, u64 total
};

enum class Role : std::uint8_t { server = 1, bridge = 2 };

enum class Transport : std::uint8_t { unknown = 0, mqtt = 1, websockets = 2 };

/// As the broker sees it.
enum class Direction : std::uint8_t { received = 1, sent = 2 };

/// The last thing that happened in a handshake.
enum class Stage : std::uint8_t {
  connected = 0,
  client_hello = 1,
  server_hello = 2,
  certificate_sent = 3,
  client_certificate = 4,
  key_exchange = 5,
  finished = 6,
  established = 7,
};

enum OutcomeFlag : std::uint8_t {
  kEstablished = 1,
  kResumed = 2,          ///< as SSL_session_reused says; on TLS 1.3 also true for an external PSK
  kClientCertAsked = 4,  ///< a CertificateRequest was sent
  kUnwatchedBuffer = 8,  ///< no handshake buffer was free: the messages are missing, the facts are not
};

/// How the plugin knows which MQTT client a session belongs to, weakest first.
enum class Evidence : std::uint8_t {
  last_read = 1,  ///< the last SSL that read a record when the client's event came, and their addresses agree
  certificate = 2,      ///< the client's certificate object is this SSL's
  disconnect_free = 3,  ///< the SSL was freed right after the client's DISCONNECT event
  ex_data = 4,          ///< the broker keeps the client's pointer in the SSL (2.1)
};

enum IdentityFlag : std::uint8_t {
  kHasCertificate = 1,  ///< the client showed a certificate that the broker verified
  kHasPsk = 2,          ///< the session was authenticated by a PSK identity
  kViaBridge = 4,       ///< the message came over a bridge of this broker
};

enum class Counter : std::uint16_t {
  unwatched_sessions = 1,  ///< the session pool was full
  unbuffered_handshakes = 2,
  foreign_ssl = 3,        ///< not on the broker's thread, or a client-side SSL that is no bridge
  oversized_reports = 4,  ///< report or log payloads above the limit, cut
  unknown_sender = 5,     ///< reports whose session is not known
};

}  // namespace tlswatch::wire
