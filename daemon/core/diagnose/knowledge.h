#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/core/diagnose/symptoms.h"

namespace tlswatch::diagnose {

/// BrokerPattern: conditions on the broker's side; every one that is set must hold. A list holds where one of
/// its items does.
struct BrokerPattern {
  std::optional<bool> established;
  std::vector<wire::Stage> stages;
  std::vector<std::uint8_t> alerts_received;
  std::vector<std::uint8_t> alerts_sent;
  std::optional<bool> any_alert_received;
  std::vector<std::string> openssl;  ///< OpenSSL's reason texts, whole; "" is: it said nothing
  std::vector<std::uint32_t> verify_errors;
  std::vector<FirstBytes> first_bytes;
  std::vector<std::uint16_t> offered_versions;
  std::vector<ClosedBy> closed_by;
  std::optional<bool> client_certificate_asked;
  std::optional<bool> psk_offered;
  std::vector<std::string> server_keys;
  std::vector<Dates> server_dates;
  std::vector<std::string> violations;  ///< rules of daemon/core/policy
  std::optional<std::uint32_t> retransmits_at_least;
  std::optional<std::uint64_t> lasted_ms_at_least;
  std::vector<std::string> end_reasons;  ///< empty: the row is about handshakes
};

/// DevicePattern: conditions on one reported error.
struct DevicePattern {
  std::vector<std::string> stacks;
  std::vector<std::string> phases;
  std::vector<std::pair<std::int64_t, std::int64_t>> codes;  ///< ranges, both ends included
  std::vector<std::pair<std::int64_t, std::int64_t>> details;
  std::optional<bool> clock_set;
};

/// Rule: one row of the knowledge: symptoms, and what they mean.
struct Rule {
  std::string name;
  std::optional<BrokerPattern> broker;
  std::optional<DevicePattern> device;
  std::string cause;  ///< one of the contract's cause ids
  double confidence = 0;
  std::string fix;
  std::vector<std::string> sources;
};

/// Knowledge: rows in the order they are tried; the first one that holds decides.
struct Knowledge {
  std::vector<Rule> rules;
};

/// The first row that holds for what one side alone shows, or null.
const Rule* find(const Knowledge& knowledge, const BrokerSymptoms& symptoms) noexcept;
const Rule* find(const Knowledge& knowledge, const DeviceSymptoms& symptoms) noexcept;

}  // namespace tlswatch::diagnose
