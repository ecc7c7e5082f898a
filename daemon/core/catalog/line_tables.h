#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/catalog/topic.h"

/// What log lines look like. Internal to this folder and its tests. line_tables.cpp
namespace tlswatch::catalog {

/// What the number behind a pattern is.
enum class Form : std::uint8_t {
  code,          ///< a code of the pattern's stack
  negative,      ///< a code whose sign is part of the pattern
  packed,        ///< OpenSSL's eight hexadecimal digits
  alert,         ///< an alert that the line's side received
  mqtt_state,    ///< an MQTT state or CONNACK code
  verify_flags,  ///< mbedTLS's flags, with or without a code elsewhere in the line
};

/// LinePattern: a line with `has` in it (any case) has a number right behind `before`.
struct LinePattern {
  std::string_view has;  ///< empty: any line
  std::string_view before;
  Form form;
  std::optional<Stack> stack;  ///< nothing for an MQTT state, which is no stack's
};
/// In the order in which they are tried.
std::span<const LinePattern> line_patterns() noexcept;

/// Remark: a line that says what happened without a number.
struct Remark {
  std::string_view text;  ///< any case
  Side side;
  Topic topic;
  std::string_view name;
  std::string_view meaning;
  std::string_view source;
};
std::span<const Remark> remarks() noexcept;

/// VerifyPhrase: a verify result as OpenSSL spells it out.
struct VerifyPhrase {
  std::string_view text;
  std::int32_t result;
};
std::span<const VerifyPhrase> verify_phrases() noexcept;

}  // namespace tlswatch::catalog
