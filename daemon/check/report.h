#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/check/survey.h"
#include "daemon/core/catalog/causes.h"

/// From what was seen of a server to what it means for a device.
namespace tlswatch::check {

enum class State : std::uint8_t { ok, bad, unknown };
std::string_view state_name(State state) noexcept;

/// Row: one requirement. Texts are clean UTF-8.
struct Row {
  std::string requirement;
  std::string wanted;
  std::string seen;
  State state = State::unknown;
  std::optional<catalog::Cause> cause = {};  ///< of a bad row
  std::string mend = {};                     ///< of a bad row: the line that puts it right
};

struct Report {
  std::vector<Row> rows;  ///< one of each of requirements(), in their order
  State verdict = State::unknown;
  std::string sentence;
};

/// The names of all rows, in their order.
std::vector<std::string> requirements();

/// Judges a survey. What the profile says of a session is judged by core/policy, as the daemon does.
///
/// now_unix_s  for the dates
Report report(const Plan& plan, const Survey& seen, std::int64_t now_unix_s);

/// What has to be done about a cause, with the line for mosquitto.conf or certbot; empty where this module
/// never names it.
std::string mend(catalog::Cause cause, const Plan& plan);

}  // namespace tlswatch::check
