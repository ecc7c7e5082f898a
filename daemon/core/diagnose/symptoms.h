#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/policy/verdict.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::diagnose {

/// What a session's first bytes were, where they were not TLS.
enum class FirstBytes : std::uint8_t { none, mqtt, http, other };

/// Who ended the connection, as far as TLS and TCP tell.
enum class ClosedBy : std::uint8_t { unknown, client, broker, reset };

/// What a certificate's dates said at the time of the event.
enum class Dates : std::uint8_t { unknown, good, expired, not_yet_valid };

/// Whether the name that the client asked for (SNI) is in the broker's certificate.
enum class ServerName : std::uint8_t { unknown, matches, differs };

/// Whether a client can use a key of the broker's kind, by what its hello offers.
enum class KeyUse : std::uint8_t {
  unknown,
  usable,
  unusable,   ///< a cipher that it offers would do, but no signature algorithm or no curve allows such a key
  no_cipher,  ///< no cipher that it offers is for such a key
};

/// What the broker's Certificate message holds.
enum class ServerChain : std::uint8_t {
  unknown,
  self_signed,  ///< one certificate that is its own issuer's
  leaf_only,    ///< one certificate; its issuer is a root that need not be sent, or it is missing
  incomplete,   ///< the same, and its issuer shows itself an intermediate
  longer,
};

/// What the broker's certificate is signed with.
enum class ServerSignature : std::uint8_t {
  unknown,
  current,
  deprecated,  ///< MD5 or SHA-1 (RFC 9155), which clients refuse whatever their hello says; not by itself
};

/// BrokerSymptoms: what the broker's side alone shows of a session that went wrong. Views live as long as the
/// record they come from.
struct BrokerSymptoms {
  bool established = false;
  wire::Stage stage = wire::Stage::connected;
  facts::Alerts alerts;
  std::string_view openssl_reason;      ///< "no shared cipher"; empty: OpenSSL said nothing
  std::optional<facts::Verify> verify;  ///< only where a check was made and failed
  FirstBytes first_bytes = FirstBytes::none;
  std::uint16_t offered_version = 0;  ///< the highest in the ClientHello; 0: no hello
  ClosedBy closed_by = ClosedBy::unknown;
  bool client_certificate_asked = false;
  bool psk_offered = false;
  std::string_view server_key;  ///< algorithm; empty: not known
  Dates server_dates = Dates::unknown;
  ServerName server_name = ServerName::unknown;
  KeyUse server_key_use = KeyUse::unknown;
  ServerChain server_chain = ServerChain::unknown;
  ServerSignature server_signature = ServerSignature::unknown;
  std::span<const policy::Violation> violations;  ///< of the session's profile; views into its event
  std::uint32_t retransmits = 0;
  std::uint32_t rtt_ms = 0;       ///< of the connection, as TCP smooths it; 0: below 1, or not known
  std::uint64_t lasted_ms = 0;    ///< since the session was first seen
  std::string_view end_reason;    ///< of an established session's end; empty: this is about a handshake
  bool said_nothing = false;      ///< an established session ended without a byte, a name or a fatal alert
  std::string_view outside_user;  ///< of a session whose client id is not known; empty: none
};

/// DeviceSymptoms: one error that a device reported.
struct DeviceSymptoms {
  std::string_view stack;  ///< tasmota, bearssl, mbedtls, wolfssl, openssl, esp-tls
  std::string_view phase;  ///< dns, tcp, tls, mqtt; empty: not known
  std::int64_t code = 0;
  std::int64_t detail = 0;
  bool clock_set = true;              ///< false: the device did not know the time when it failed
  std::uint32_t count = 1;            ///< how often in a row
  bool recovered = false;             ///< it has got through since: a report comes by a session that did
  std::string_view now_server_key{};  ///< algorithm of the broker's key in that session; empty: not known
  std::uint16_t now_cipher = 0;       ///< its cipher suite; 0: not known
  bool unseen = false;                ///< the broker's TLS surely saw no such try
};

/// Which side a piece of evidence comes from.
enum class Side : std::uint8_t { broker, device };

struct Evidence {
  Side side = Side::broker;
  std::string what;
};

/// Pieces of evidence of one diagnosis at most.
inline constexpr std::size_t kMaxEvidence = 12;

/// The symptoms as sentences for people. Outside text in them is sanitised.
std::vector<Evidence> describe(const BrokerSymptoms& symptoms);

/// The contract's reasons of a session's end.
inline constexpr std::string_view kEndReasons[] = {
    "disconnect",     "closed", "reset",          "keepalive-timeout",
    "taken-over",     "kicked", "protocol-error", "credentials-refused",
    "broker-stopped", "unknown"};

std::string_view first_bytes_name(FirstBytes kind) noexcept;
std::string_view closed_by_name(ClosedBy who) noexcept;
std::string_view dates_name(Dates dates) noexcept;
std::string_view server_name_name(ServerName name) noexcept;
std::string_view key_use_name(KeyUse use) noexcept;
std::string_view server_chain_name(ServerChain chain) noexcept;
std::string_view server_signature_name(ServerSignature signature) noexcept;

/// Tells a plain MQTT CONNECT and HTTP from other bytes that are not TLS.
///
/// bytes  the first 5 bytes that a session sent
FirstBytes classify(wire::Bytes bytes) noexcept;

/// SSL_R_UNEXPECTED_EOF_WHILE_READING of OpenSSL 3's library 20, packed as ERR_get_error(3) packs it.
inline constexpr std::uint64_t kUnexpectedEof = std::uint64_t{20} << 23 | 294;

/// Who ended a connection: TLS's own signs first, by the first row of a table that holds, and TCP's last
/// state (linux/tcp_states.h) only where there are none. That state depends on when it was read: a client
/// that is gone answers our late alert with a RST, which says nothing about how the client left.
///
/// Limit: a client that closes while our answer is still on its way to it looks like a reset; TCP tells the
/// two apart nowhere.
ClosedBy closed_by(const std::optional<facts::Tcp>& tcp, const std::optional<facts::Alerts>& alerts,
                   const std::optional<facts::OpensslError>& error) noexcept;

}  // namespace tlswatch::diagnose
