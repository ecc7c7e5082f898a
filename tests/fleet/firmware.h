#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tlswatch::fleet_sim {

using ByteVector = std::vector<std::uint8_t>;

/// Names by which devices reach the broker, one a listener: a site uses one of them.
inline constexpr std::uint32_t kListeners = 3;
std::uint16_t listener_port(std::uint32_t listener) noexcept;

/// Build: one firmware build; all its devices say the same ClientHello but for the client random and the
/// broker's name.
struct Build {
  std::string version;  ///< the report's "fw"
  bool psk = false;
  std::uint16_t suite = 0;  ///< that is negotiated
  std::uint8_t mfln = 0;    ///< RFC 6066 section 4; 0: none
  ByteVector hello[kListeners];
};

/// `count` builds, the last `psk` of them with PSK suites; no two have the same JA4.
std::vector<Build> make_builds(std::uint32_t count, std::uint32_t psk);

/// What an outsider's TLS stack says: `variant` chooses among thousands, none of them a build's.
ByteVector outsiders_hello(std::uint64_t variant);

/// Where the 32 bytes of client random begin in a ClientHello message (RFC 5246 section 7.4.1.2).
inline constexpr std::size_t kClientRandomAt = 6;
inline constexpr std::size_t kClientRandomBytes = 32;

}  // namespace tlswatch::fleet_sim
