#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/core/fleet/lru_map.h"

namespace tlswatch::fleet {

/// Credentials remembered over all brokers; above it the one that was shown longest ago is forgotten.
inline constexpr std::size_t kMaxCredentials = 262144;
/// Bytes of a PSK identity that count.
inline constexpr std::size_t kMaxCredential = 128;

/// Credentials: which client showed a certificate, or a PSK identity, in a good session. One that several
/// clients share, as fleets with one certificate for all do, is nobody's.
class Credentials {
 public:
  explicit Credentials(std::size_t limit = kMaxCredentials) : owners_(limit) {}

  /// `credential`: a certificate's SHA-256, or a PSK identity as it came.
  void shown(std::uint32_t broker, std::string_view credential, std::string_view client_id) {
    Owner& owner = owners_.open(key(broker, credential));
    if (owner.id == client_id || owner.shared) return;
    owner.shared = !owner.id.empty();
    owner.id = owner.shared ? std::string_view{} : client_id;
  }

  /// Whether the name in a certificate, or a PSK identity, is the client id, as a rule of that broker's: what
  /// good sessions have shown, and until one has, that it is.
  void name_was(std::uint32_t broker, bool the_client_id) {
    (the_client_id ? rules_[broker].kept : rules_[broker].broken) += 1;
  }
  bool names_clients(std::uint32_t broker) const noexcept {
    const auto found = rules_.find(broker);
    return found == rules_.end() || found->second.broken == 0 ||
           found->second.kept > 100 * found->second.broken;
  }

  /// Owner of a credential. Valid until the next call of shown().
  struct Owner {
    std::string id;  ///< empty: not known
    bool shared = false;
  };
  const Owner* owner(std::uint32_t broker, std::string_view credential) {
    return owners_.find(key(broker, credential));
  }

 private:
  static std::string key(std::uint32_t broker, std::string_view credential) {
    return std::to_string(broker) + "/" + std::string(credential.substr(0, kMaxCredential));
  }

  struct Rule {
    std::uint64_t kept = 0, broken = 0;
  };
  LruMap<std::string, Owner> owners_;
  std::unordered_map<std::uint32_t, Rule> rules_;  // by broker
};

}  // namespace tlswatch::fleet
