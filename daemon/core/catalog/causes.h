#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tlswatch::catalog {

/// Cause: why a device could not connect, or lost its connection. The list is a contract with dashboards and
/// alert rules: a cause's id is its name with dashes, kCauseIds has them in the enum's order.
enum class Cause : std::uint8_t {
  server_cert_untrusted,
  server_cert_expired,
  server_cert_not_yet_valid,
  device_clock_wrong,
  server_name_mismatch,
  fingerprint_mismatch,
  server_key_too_large,
  server_key_type_unsupported,
  signature_algorithm_unsupported,
  server_chain_malformed,
  no_shared_cipher,
  protocol_version_unsupported,
  mfln_not_negotiated,
  mfln_not_honoured,
  record_too_large,
  client_cert_missing,
  client_cert_untrusted,
  client_cert_expired,
  client_cert_revoked,
  client_key_missing,
  credentials_refused,
  psk_identity_unknown,
  psk_mismatch,
  plain_mqtt_on_tls_port,
  tls_on_plain_port,
  not_tls,
  scanner,
  handshake_timeout,
  connection_closed_by_device,
  connection_reset,
  network_loss,
  dns_failure,
  tcp_connect_failure,
  device_out_of_memory,
  device_no_random,
  data_corrupted,
  keepalive_timeout,
  session_taken_over,
  unknown,
};

// clang-format off
inline constexpr auto kCauseIds = std::to_array<std::string_view>({
  "server-cert-untrusted",
  "server-cert-expired",
  "server-cert-not-yet-valid",
  "device-clock-wrong",
  "server-name-mismatch",
  "fingerprint-mismatch",
  "server-key-too-large",
  "server-key-type-unsupported",
  "signature-algorithm-unsupported",
  "server-chain-malformed",
  "no-shared-cipher",
  "protocol-version-unsupported",
  "mfln-not-negotiated",
  "mfln-not-honoured",
  "record-too-large",
  "client-cert-missing",
  "client-cert-untrusted",
  "client-cert-expired",
  "client-cert-revoked",
  "client-key-missing",
  "credentials-refused",
  "psk-identity-unknown",
  "psk-mismatch",
  "plain-mqtt-on-tls-port",
  "tls-on-plain-port",
  "not-tls",
  "scanner",
  "handshake-timeout",
  "connection-closed-by-device",
  "connection-reset",
  "network-loss",
  "dns-failure",
  "tcp-connect-failure",
  "device-out-of-memory",
  "device-no-random",
  "data-corrupted",
  "keepalive-timeout",
  "session-taken-over",
  "unknown",
});
// clang-format on

inline constexpr std::size_t kCauseCount = kCauseIds.size();
static_assert(static_cast<std::size_t>(Cause::unknown) + 1 == kCauseCount);

constexpr std::string_view cause_id(Cause cause) noexcept {
  return kCauseIds[static_cast<std::size_t>(cause)];
}

/// The cause with this id, or nothing.
constexpr std::optional<Cause> find_cause(std::string_view id) noexcept {
  for (std::size_t i = 0; i < kCauseCount; ++i) {
    if (kCauseIds[i] == id) return static_cast<Cause>(i);
  }
  return std::nullopt;
}

/// CauseList: what a code may mean, the likeliest first; at most four, since five guesses are none.
class CauseList {
 public:
  static constexpr std::size_t kMax = 4;

  constexpr CauseList() = default;
  template <typename... Causes>
  constexpr CauseList(Cause first, Causes... more)  // NOLINT: implicit, so that a row reads {a, b}
      : causes_{first, more...}, size_(1 + sizeof...(more)) {
    static_assert(1 + sizeof...(more) <= kMax);
  }
  /// The first kMax of `causes`.
  static constexpr CauseList first_of(std::span<const Cause> causes) noexcept {
    CauseList out;
    for (const Cause cause : causes.first(std::min(causes.size(), kMax))) out.causes_[out.size_++] = cause;
    return out;
  }
  constexpr const Cause* begin() const noexcept { return causes_.data(); }
  constexpr const Cause* end() const noexcept { return causes_.data() + size_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }

 private:
  std::array<Cause, kMax> causes_{};
  std::size_t size_ = 0;
};

}  // namespace tlswatch::catalog
