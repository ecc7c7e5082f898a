#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/catalog/causes.h"
#include "daemon/core/catalog/stack.h"

/// What the numbers mean that devices print and report. Knowledge is data here: a further stack is one more
/// table (tables.h), and nothing else changes.
namespace tlswatch::catalog {

/// Entry: one code of one stack. Texts are for a tired operator: plain, specific, and true.
struct Entry {
  std::int32_t code;
  Stack stack;
  std::string_view name;     ///< as in the stack's header, where it has one
  std::string_view meaning;  ///< what happened
  CauseList causes;
  std::string_view fix;  ///< what to do; for several causes, how to tell them apart
  std::string_view source;
};

/// Who sent an alert, as the device sees it: BearSSL's 256 + n was received, 512 + n sent.
enum class Direction : std::uint8_t { none, received, sent };

/// Answer: what a code means.
struct Answer {
  std::int32_t code = 0;
  std::optional<Stack>
      stack;         ///< whose code it is taken for; nothing where nobody knows it and none was given
  std::string name;  ///< empty: the code is unknown, and so is all below
  std::optional<std::uint8_t> alert;
  Direction direction = Direction::none;
  std::string_view meaning;
  CauseList causes;
  std::string_view fix;
  std::string_view source;
  std::vector<Answer> candidates;  ///< what else the number may be; theirs are empty

  bool known() const noexcept { return !name.empty(); }
};

/// Says what a code means.
///
/// code   as the device gave it
/// stack  whose number it is. A Tasmota device prints its own numbers and BearSSL's alike, so `tasmota` also
///        finds BearSSL's where Tasmota has none of its own. None given: the likeliest reading is the answer
///        and the others are its candidates
/// rc     the MQTT state that stood beside it (Tasmota's "rc"); decides what code 0 means
/// returns  text that lives for ever; Answer::name is empty for an unknown code
Answer lookup(std::int32_t code, std::optional<Stack> stack = std::nullopt,
              std::optional<std::int32_t> rc = std::nullopt);

/// Every row of a stack; alerts are not rows. Empty for a stack that has no table.
std::span<const Entry> entries(Stack stack) noexcept;

}  // namespace tlswatch::catalog
