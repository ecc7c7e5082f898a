#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/check/attempt.h"
#include "daemon/check/target.h"
#include "daemon/check/trust.h"
#include "daemon/core/policy/profile.h"

/// All that is looked at in a server, by connections one after the other.
namespace tlswatch::check {

inline constexpr std::array<std::uint16_t, 4> kVersions{tls::kTls10, tls::kTls11, tls::kTls12, tls::kTls13};
inline constexpr std::array<std::uint16_t, 2> kMflnVersions{tls::kTls12, tls::kTls13};
inline constexpr std::array<std::uint16_t, 4> kMflnSizes{512, 1024, 2048, 4096};

/// Suites of a profile that are tried at most.
inline constexpr std::size_t kMaxSuites = 32;

/// What to survey, and as whom.
struct Plan {
  Target target;
  const policy::Profile* profile = nullptr;
  Client client = {};
  std::string ca_file = {};
  bool name_counts = false;  ///< the devices check the server's name
  std::optional<std::string> user = {};
  std::optional<std::string> password = {};
  std::chrono::milliseconds timeout{5000};  ///< of each step of each connection
  /// Told before each connection what it is for; may be empty.
  std::function<void(std::string_view)> progress = {};
};

/// One suite of the profile.
struct SuiteTried {
  std::uint16_t cipher_suite = 0;
  Attempt attempt = {};
};

struct Survey {
  std::string address = {};  ///< that answered; empty: none did
  std::optional<DialError> unresolved = {};
  std::optional<DialError> unreached = {};  ///< of the last address tried; counts where `address` is empty
  std::uint16_t asked_mfln = 0;  ///< by the device: the largest size of its profile that its buffer holds
  Attempt device = {};           ///< with the profile's own offer
  std::array<Attempt, kVersions.size()> versions = {};
  std::array<std::array<Attempt, kMflnSizes.size()>, kMflnVersions.size()> mfln = {};
  std::vector<SuiteTried> suites = {};
  bool plain_mqtt = false;  ///< it answers plain MQTT on that port
  bool gave_up = false;     ///< it was silent too often: the rest was not tried

  /// The chain that the device is shown; another attempt's where it came to none.
  const Attempt* shown = nullptr;
  std::vector<std::shared_ptr<const event::CertificateFacts>> certificates = {};
  Order order = Order::unknown;
  NameMatch name = NameMatch::unknown;
  Trust trust = {};
};

/// The size that a device of this profile asks for; 0: none.
std::uint16_t asked_mfln(const policy::Profile& profile) noexcept;

/// Looks at a server. About 20 connections; a server that says nothing is left after two.
std::unique_ptr<Survey> survey(const Plan& plan);

}  // namespace tlswatch::check
