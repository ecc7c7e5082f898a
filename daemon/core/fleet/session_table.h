#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/core/diagnose/symptoms.h"
#include "daemon/core/tls/ja4.h"
#include "daemon/core/wire/facts.h"

namespace tlswatch::event {
struct CertificateFacts;  // only kept here
}

namespace tlswatch::fleet {

/// Sessions remembered over all brokers; above it the one that was silent longest is forgotten and counted.
/// Twice what one plugin watches at most.
inline constexpr std::size_t kMaxSessions = 131072;

struct SessionKey {
  std::uint32_t broker = 0;  ///< its place in the configuration
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  bool operator==(const SessionKey&) const = default;
};

/// Session: what later events need of a session's earlier ones.
struct Session {
  SessionKey key;
  std::optional<facts::Address> peer, local;
  std::uint64_t first_seen_unix_ns = 0;  ///< 0: its beginning was not seen
  std::uint64_t last_sequence = 0;       ///< of the last event about it
  bool bridge = false;
  bool check = false;  ///< `tlswatch check` is at work (tls::is_check)
  bool established = false;
  wire::Transport transport = wire::Transport::unknown;

  std::uint16_t version = 0;
  std::uint16_t cipher_suite = 0;
  bool encrypt_then_mac = false;
  std::uint16_t mfln_requested = 0;   ///< bytes; 0: none
  std::uint16_t mfln_negotiated = 0;  ///< bytes; 0: none
  /// What the handshake showed; a session of which it was not seen has none of this.
  bool handshake_seen = false;
  std::shared_ptr<const event::CertificateFacts> server_leaf, client_leaf;
  std::optional<std::uint32_t> server_chain_bytes;
  diagnose::ServerName server_name = diagnose::ServerName::unknown;
  std::optional<tls::Ja4> ja4;
  std::optional<facts::Traffic> traffic;  ///< as last told

  std::optional<facts::Identity> identity;  ///< what the plugin says; nothing: it has said nothing yet
  bool named_by_log = false;                ///< device_id and user are from the broker's log
  std::uint16_t keepalive_by_log_s = 0;
  bool client_certificate = false;  ///< one was shown, and the handshake succeeded
  bool external_psk = false;        ///< the same
  std::string psk_identity;         ///< of an external PSK; outside text as it came
  std::string device_id;            ///< outside text as it came
  std::string user;
  /// One of the broker's own bridges or a check: neither judged, nor diagnosed, nor met.
  bool no_device() const noexcept { return bridge || check; }
  std::string met_as;  ///< the client id by which the fleet has this session; empty: it has not
};

/// SessionTable remembers open sessions, the least recently touched one going first when it is full.
class SessionTable {
 public:
  explicit SessionTable(std::size_t limit = kMaxSessions) : limit_(limit) {}

  /// The session, or null. Touches it. Valid until the next call that is not const.
  Session* find(const SessionKey& key);

  /// The session, made where it was not known.
  Session& open(const SessionKey& key);

  void close(const SessionKey& key);

  /// Brings a session back as it was.
  void restore(const Session& was) { open(was.key) = was; }

  /// Takes out all sessions of a broker's ring, in the order of their numbers.
  std::vector<Session> take_all(std::uint32_t broker, std::uint64_t epoch);

  std::size_t size() const noexcept { return by_key_.size(); }
  /// Sessions forgotten because the table was full.
  std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  struct Hash {
    std::size_t operator()(const SessionKey& key) const noexcept;
  };
  std::size_t limit_;
  std::uint64_t forgotten_ = 0;
  std::list<Session> recent_first_;
  std::unordered_map<SessionKey, std::list<Session>::iterator, Hash> by_key_;
};

}  // namespace tlswatch::fleet
