#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "plugin/wire/record.h"
#include "plugin/wire/record_reader.h"

/// What a ring record says, as plain structs: one for each record type of plugin/wire/FORMAT.md. Any section
/// may be missing. All views point into the record and live as long as its bytes; text is outside text,
/// neither checked nor escaped.
namespace tlswatch::facts {

using wire::Bytes;

/// Outside bytes or text, and whether the plugin cut them at its limit.
struct Blob {
  Bytes bytes;
  bool cut = false;
  std::string_view text() const noexcept { return wire::as_text(bytes); }
};

/// Address of one end of a TCP connection. IPv4-mapped IPv6 addresses (websockets listeners show them) are
/// stored as the IPv4 addresses they are.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t size = 0;   ///< 4 or 16
  std::uint16_t port = 0;  ///< 0: the broker no longer knew it
  bool operator==(const Address&) const = default;
};

struct RoleFacts {
  wire::Role role = wire::Role::server;
  wire::Transport transport = wire::Transport::unknown;
};

struct Outcome {
  wire::Stage stage = wire::Stage::connected;
  std::uint8_t flags = 0;                ///< wire::OutcomeFlag
  std::uint16_t version = 0;             ///< 0: none was negotiated
  std::uint16_t cipher_suite = 0;        ///< 0: none was negotiated
  std::uint16_t secret_bits = 0;         ///< as OpenSSL counts them
  std::uint8_t max_fragment_length = 0;  ///< RFC 6066 code, 0: none
  bool established() const noexcept { return (flags & wire::kEstablished) != 0; }
};

struct AlertSeen {
  wire::Direction direction = wire::Direction::received;
  std::uint8_t level = 0;
  std::uint8_t description = 0;
};

/// At most eight alerts a record (FORMAT.md); further bytes are ignored.
struct Alerts {
  static constexpr std::size_t kMax = 8;
  std::array<AlertSeen, kMax> items{};
  std::size_t count = 0;
  const AlertSeen* begin() const noexcept { return items.data(); }
  const AlertSeen* end() const noexcept { return items.data() + count; }
};

struct OpensslError {
  std::uint64_t code = 0;  ///< packed, ERR_get_error(3)
  std::string_view reason;
};

struct Verify {
  std::uint32_t error = 0;  ///< X509_V_ERR_*
  std::int32_t depth = -1;  ///< -1: not known
  std::string_view reason;
};

struct Tcp {
  std::uint32_t rtt_us = 0;
  std::uint32_t rttvar_us = 0;
  std::uint32_t retransmits = 0;
  std::uint32_t ms_since_last_data_received = 0;
  std::uint8_t state = 0;  ///< linux/tcp_states.h
};

/// Bytes of TLS records with their headers, as the broker sees them.
struct Traffic {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint16_t largest_plain = 0;      ///< longest record sent before protection, as its header says
  std::uint16_t largest_protected = 0;  ///< and under protection: ciphertext
  /// Records sent whose plaintext was longer than 512, 1024, 2048, 4096 bytes beyond doubt.
  std::array<std::uint32_t, 4> over{};
  std::uint16_t last_in = 0;  ///< length of the last application record received, ciphertext; 0: none came
};

struct Timing {
  std::uint64_t since_seen_ns = 0;
  std::uint64_t since_client_hello_ns = 0;  ///< 0: no ClientHello came
};

struct Identity {
  wire::Evidence evidence = wire::Evidence::last_read;
  std::uint8_t flags = 0;  ///< wire::IdentityFlag
  std::uint16_t mqtt_version = 0;
  std::uint16_t keepalive_s = 0;  ///< 0: none asked for
};

struct BrokerStart {
  std::optional<Blob> plugin_version, openssl_version, broker_version;
};

struct SessionStart {
  std::optional<Address> peer_address, local_address;
  std::optional<RoleFacts> role;
};

struct Handshake {
  std::optional<Address> peer_address, local_address;
  std::optional<RoleFacts> role;
  std::optional<Outcome> outcome;
  std::optional<Timing> timing;
  std::optional<Tcp> tcp;
  std::optional<Traffic> traffic;
  std::optional<Blob> client_hello, server_hello, encrypted_extensions, server_key_exchange;
  std::optional<Blob> psk_client_key_exchange, client_certificate_message, client_certificate;
  std::optional<Blob> server_certificate, first_bytes, psk_identity;
  std::optional<std::uint32_t> server_chain;  ///< bytes of our Certificate message
  std::optional<Alerts> alerts;
  std::optional<OpensslError> openssl_error;
  std::optional<Verify> verify;
};

struct Identified {
  std::optional<RoleFacts> role;
  std::optional<Identity> identity;
  std::optional<Blob> client_id, username;
};

struct SessionEnd {
  std::optional<Address> peer_address;
  std::optional<RoleFacts> role;
  std::optional<Timing> timing;
  std::optional<Tcp> tcp;
  std::optional<Traffic> traffic;
  std::optional<Outcome> outcome;
  std::optional<Alerts> alerts;
  std::optional<OpensslError> openssl_error;
  std::optional<Identity> identity;
  std::optional<std::int32_t> disconnect;  ///< -1: the broker gave no reason
  std::optional<Blob> client_id, username;
};

struct DeviceReport {
  std::optional<Identity> identity;
  std::optional<Blob> client_id, topic, payload;
  std::optional<Address> peer_address;
};

/// A line of stock firmware's log; the same sections as a report.
struct LogLine {
  std::optional<Identity> identity;
  std::optional<Blob> client_id, topic, payload;
  std::optional<Address> peer_address;
};

/// Totals since broker_start; a number this version does not know is in `unknown`.
struct Counters {
  static constexpr std::size_t kKnown = 5;
  std::array<std::uint64_t, kKnown + 1> total{};  ///< by wire::Counter
  std::uint16_t unknown = 0;
};

struct BrokerStop {};

/// A record type of a newer plugin.
struct Unknown {
  std::uint16_t type = 0;
};

using Facts = std::variant<Unknown, BrokerStart, SessionStart, Handshake, Identified, SessionEnd,
                           DeviceReport, LogLine, Counters, BrokerStop>;

/// Event: one record, decoded.
struct Event {
  std::uint64_t sequence = 0;
  std::uint64_t time_unix_ns = 0;
  std::uint64_t session = 0;           ///< 0: not about one session
  std::uint16_t bad_sections = 0;      ///< sections whose content did not fit their layout: left out
  std::uint16_t unknown_sections = 0;  ///< sections that this record type does not have, or of a newer plugin
  std::uint16_t repeated_sections = 0;  ///< the first one counts
  Facts facts;
};

}  // namespace tlswatch::facts
