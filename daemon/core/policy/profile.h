#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/wire/facts.h"

namespace tlswatch::policy {

/// KeyLimit: one kind of server key that a device can take.
struct KeyLimit {
  std::string algorithm;            ///< RSA, EC, Ed25519, as CertificateFacts names them
  std::uint32_t max_bits = 0;       ///< 0: any
  std::vector<std::string> curves;  ///< IANA names; empty: any
};

/// Profile: what one kind of device needs of a session (shared facts: Tasmota's "TLS Secured MQTT" page). An
/// empty list allows everything.
struct Profile {
  std::string name;
  std::vector<std::uint16_t> versions;       ///< 0x0303 is TLS 1.2
  std::vector<std::uint16_t> cipher_suites;  ///< IANA numbers
  std::vector<KeyLimit> server_keys;
  std::vector<std::string> signatures;  ///< of the server's certificate, as CertificateFacts names them
  std::vector<std::uint16_t> mfln;      ///< sizes that the device works with, bytes
  bool mfln_required = false;
  std::optional<std::uint32_t> buffer_bytes;  ///< plaintext bytes of a record that it can receive
  std::optional<std::uint32_t> chain_bytes;   ///< of the server's Certificate message, with its header
};

/// AddressRange: addresses that share their first bits.
struct AddressRange {
  facts::Address base;
  std::uint8_t prefix_bits = 0;  ///< up to 32 or 128; bits behind them do not count

  bool contains(const facts::Address& address) const noexcept;
};

/// Reads 10.1.0.0/16, 2001:db8::/32 or one address; nothing where the text is none of these.
std::optional<AddressRange> parse_address_range(std::string_view text) noexcept;

/// Match: which sessions a profile is for. Every condition that is set must hold; none set: all sessions. A
/// condition about what is not known does not hold. Texts are globs with * and ?.
struct Match {
  std::string profile;
  std::vector<std::uint16_t> listener_ports = {};
  std::vector<std::string> client_ids = {};
  std::vector<std::uint16_t> mfln_requested =
      {};  ///< bytes that the ClientHello asks for; 0: it asks for none
  std::vector<std::string> users = {};
  std::vector<AddressRange> addresses = {};  ///< of the client
  std::vector<std::string> ja4s = {};
  std::vector<std::string> certificate_subjects = {};  ///< of the client's certificate, RFC 2253
  std::vector<std::string> certificate_issuers = {};
};

struct Profiles {
  std::vector<Profile> profiles;
  std::vector<Match> matches;  ///< the first that holds decides

  const Profile* find(std::string_view name) const noexcept;
};

/// What is known of a session when a profile is looked for; empty or 0: not known. It is what the client says
/// of itself: to be matched by a certificate, it need not be a good one.
struct Who {
  std::uint16_t listener_port = 0;
  std::string_view client_id = {};
  std::uint16_t mfln_requested = 0;  ///< 0: none
  std::string_view user = {};
  std::optional<facts::Address> address = {};
  std::string_view ja4 = {};
  std::string_view certificate_subject = {};
  std::string_view certificate_issuer = {};
};

/// The profile for a session, or null where none matches.
const Profile* select(const Profiles& profiles, const Who& who) noexcept;

/// Whether a row that holds for the session says anything of the client itself: one without conditions, or
/// with the listener alone, is for whoever comes.
bool recognises(const Profiles& profiles, const Who& who) noexcept;

/// Whether `text` matches a glob: * any run, ? any byte; there is no escape.
bool glob(std::string_view pattern, std::string_view text) noexcept;

}  // namespace tlswatch::policy
