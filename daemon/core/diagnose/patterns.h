#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/core/diagnose/symptoms.h"

/// Conditions on symptoms, as rows of the knowledge have them: whether they hold, and what one says of
/// another. An empty condition holds always.
namespace tlswatch::diagnose {

/// OneOf: the values of a small enum that a condition allows; nothing added: all of them.
template <typename Enum>
class OneOf {
 public:
  constexpr OneOf() = default;
  constexpr OneOf(std::initializer_list<Enum> items) {
    for (const Enum item : items) add(item);
  }
  constexpr void add(Enum item) noexcept {
    bits_ = static_cast<std::uint16_t>(bits_ | 1U << static_cast<unsigned>(item));
  }
  constexpr bool all() const noexcept { return bits_ == 0; }
  constexpr bool allows(Enum item) const noexcept {
    return all() || (bits_ >> static_cast<unsigned>(item) & 1U) != 0;
  }
  /// Whether it allows whatever `other` allows.
  constexpr bool includes(OneOf other) const noexcept {
    return all() || (!other.all() && (other.bits_ & ~bits_) == 0);
  }

 private:
  std::uint16_t bits_ = 0;
};

/// Whole numbers from first to second, both included.
using Range = std::pair<std::int64_t, std::int64_t>;

/// BrokerPattern: conditions on the broker's side; every one that is set must hold. A list holds where one of
/// its items does.
struct BrokerPattern {
  std::optional<bool> established{};
  OneOf<wire::Stage> stages{};
  std::vector<std::uint8_t> alerts_received{};
  std::vector<std::uint8_t> alerts_sent{};
  std::optional<bool> any_alert_received{};
  std::vector<std::string> openssl{};  ///< OpenSSL's reason texts, whole; "" is: it said nothing
  std::vector<std::uint32_t> verify_errors{};
  OneOf<FirstBytes> first_bytes{};
  std::vector<std::uint16_t> offered_versions{};
  OneOf<ClosedBy> closed_by{};
  std::optional<bool> client_certificate_asked{};
  std::optional<bool> psk_offered{};
  std::vector<std::string> server_keys{};
  OneOf<Dates> server_dates{};
  OneOf<ServerName> server_names{};
  OneOf<KeyUse> server_key_uses{};
  OneOf<ServerChain> server_chains{};
  OneOf<ServerSignature> server_signatures{};
  std::vector<std::string> violations{};       ///< rules of daemon/core/policy: one of them was broken
  std::vector<std::string> every_violation{};  ///< all of them were
  std::optional<std::uint32_t> retransmits_at_least{};
  std::optional<std::uint32_t> rtt_ms_at_least{};
  std::optional<std::uint64_t> lasted_ms_at_least{};
  std::optional<std::uint64_t> lasted_ms_below{};
  std::optional<bool> said_nothing{};
  std::vector<std::string> end_reasons{};  ///< empty: the row is about handshakes
};

/// DevicePattern: conditions on one reported error.
struct DevicePattern {
  std::vector<std::string> stacks{};
  std::vector<std::string> phases{};
  std::vector<Range> codes{};
  std::vector<Range> details{};
  std::optional<bool> clock_set{};
  std::vector<Range> counts{};
  std::optional<bool> recovered{};
  std::vector<std::string> now_server_keys{};
  std::vector<std::uint16_t> now_ciphers{};
  std::optional<bool> unseen{};
};

/// Whether all conditions hold. Never allocates.
bool holds(const BrokerPattern& pattern, const BrokerSymptoms& symptoms) noexcept;
bool holds(const DevicePattern& pattern, const DeviceSymptoms& symptoms) noexcept;

/// Whether `earlier` holds for whatever `later` holds for: each of its conditions follows from one of
/// `later`'s.
///
/// limits  conditions are compared one by one: what several earlier patterns cover together is not seen
bool covers(const BrokerPattern& earlier, const BrokerPattern& later);
bool covers(const DevicePattern& earlier, const DevicePattern& later);

/// Why no session or error can ever meet the conditions, as a sentence with the remedy; empty: nothing speaks
/// against it. Lives for ever.
std::string_view contradiction(const BrokerPattern& pattern) noexcept;

/// The same for a row over both sides.
std::string_view contradiction(const BrokerPattern& broker, const DevicePattern& device) noexcept;

}  // namespace tlswatch::diagnose
