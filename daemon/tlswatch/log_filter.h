#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tlswatch::cli {

/// EventFilter: which events of the log are wanted; empty members ask for everything. An event that has no
/// cause, or no profile, is not wanted where one is asked for.
struct EventFilter {
  std::uint64_t since_ns = 0;  ///< at or after
  std::string broker{}, cause{}, profile{};
  std::string search{};  ///< part of the device's id, or the beginning of its address
  bool failing = false;  ///< failures alone

  bool wants_all() const;
  /// json  a line of the event log; what is no event is wanted, so that whoever shows it can count it
  bool wants(std::string_view json) const;
};

}  // namespace tlswatch::cli
