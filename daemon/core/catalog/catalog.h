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
/// table (tables.h), and, where its numbers are put together from parts, one more reader (readers.h).
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

/// Whose log or report a code stands in. OpenSSL's numbers are the same on both sides and mean different
/// things: what a broker's log calls a received alert, the device has sent.
enum class Side : std::uint8_t { device, broker };

/// Answer: what a code means. Views live for ever.
struct Answer {
  std::optional<std::int64_t> code;  ///< as it was given; nothing for a log line that carries none
  std::optional<Stack>
      stack;         ///< whose code it is taken for; nothing where nobody knows it and none was given
  std::string name;  ///< empty: the code is unknown, and so is all below
  std::optional<std::uint8_t> alert;
  Direction direction = Direction::none;
  Side side = Side::device;  ///< who found it
  std::string meaning;
  CauseList causes;
  std::string_view fix;
  std::string_view source;
  std::vector<Answer> candidates;  ///< what else the number may be; theirs are empty

  bool known() const noexcept { return !name.empty(); }
};

/// Says what a code means.
///
/// code    as the device gave it. mbedTLS's and wolfSSL's are negative; mbedTLS's without their sign are read
///         too, wolfSSL's where the stack is given. OpenSSL's are packed (0x0A000418, also 1.1's 0x14094418),
///         and where the stack is given also a bare reason (193, 1048) or verify result (20)
/// stack   whose number it is. A Tasmota device prints its own numbers and BearSSL's alike, so `tasmota` also
///         finds BearSSL's where Tasmota has none of its own. None given: the likeliest reading is the answer
///         and the others are its candidates
/// detail  what stood beside it: the MQTT state (Tasmota's "rc") decides what code 0 means; mbedTLS's verify
///         flags and OpenSSL's verify result, which check of a certificate failed; esp-tls: the verify flags,
///         or, negative, the code of mbedTLS
/// side    whose log it stands in
/// returns  Answer::name is empty for an unknown code. A number that two versions of a stack use differently
///          has candidates, also where the stack is given
Answer lookup(std::int64_t code, std::optional<Stack> stack = std::nullopt,
              std::optional<std::int32_t> detail = std::nullopt, Side side = Side::device);

/// Every code of a stack that has a row, in no order; sums, alerts and packed numbers are made of them.
std::vector<std::int32_t> codes(Stack stack);

/// The code with this name, as in its stack's header (MBEDTLS_ERR_SSL_ALLOC_FAILED), or as programs print it
/// without its prefix (CERTIFICATE_VERIFY_FAILED, CERT_HAS_EXPIRED); Answer::name is empty for none.
Answer find_name(std::string_view name, std::optional<std::int32_t> detail = std::nullopt,
                 Side side = Side::device);

}  // namespace tlswatch::catalog
