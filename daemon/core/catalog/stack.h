#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "device/src/tlswatch_report.h"

namespace tlswatch::catalog {

/// Whose number a code is. The device's report owns the list and its names.
using device::Stack;

/// "tasmota", "bearssl", ... as in a report's "s" and in `--stack`.
inline std::string_view stack_name(Stack stack) noexcept {
  return device::kStackNames[static_cast<std::size_t>(stack)];
}

/// The stack of that name, or nothing.
inline std::optional<Stack> find_stack(std::string_view name) noexcept {
  for (std::size_t i = 0; i < device::kStackCount; ++i) {
    if (name == device::kStackNames[i]) return static_cast<Stack>(i);
  }
  return std::nullopt;
}

}  // namespace tlswatch::catalog
