#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
};

/// Match: which sessions a profile is for. Every condition that is set must hold; none set: all sessions.
struct Match {
  std::string profile;
  std::vector<std::uint16_t> listener_ports;
  std::vector<std::string> client_ids;        ///< globs with * and ?; fails while the client id is not known
  std::vector<std::uint16_t> mfln_requested;  ///< bytes that the ClientHello asks for; 0: it asks for none
};

struct Profiles {
  std::vector<Profile> profiles;
  std::vector<Match> matches;  ///< the first that holds decides

  const Profile* find(std::string_view name) const noexcept;
};

/// What is known of a session when a profile is looked for.
struct Who {
  std::uint16_t listener_port = 0;  ///< 0: not known
  std::string_view client_id;       ///< empty: not known
  std::uint16_t mfln_requested = 0;
};

/// The profile for a session, or null where none matches.
const Profile* select(const Profiles& profiles, const Who& who) noexcept;

/// Whether `text` matches a glob: * any run, ? any byte; there is no escape.
bool glob(std::string_view pattern, std::string_view text) noexcept;

}  // namespace tlswatch::policy
