#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "daemon/core/catalog/catalog.h"
#include "plugin/wire/result.h"

namespace tlswatch::catalog {

inline constexpr std::size_t kMaxLineBytes = 4096;  ///< of a pasted line

/// LineError: why a text says nothing.
enum class LineError : std::uint8_t {
  empty,
  too_long,    ///< above kMaxLineBytes
  no_code,     ///< no number and no line that is known
  bad_number,  ///< a number beyond any stack's
};

/// What stands beside a code by itself: `tlswatch decode CODE --stack S --rc N`.
struct Context {
  std::optional<Stack> stack;
  std::optional<std::int32_t> detail;
};

/// Decodes what an operator pastes: a code (62, -0x7780, 0A000418, MBEDTLS_ERR_SSL_ALLOC_FAILED) or a whole
/// line of a log: Tasmota's, ESP-IDF's, mbedTLS's, wolfSSL's, OpenSSL's, Python's, Node's or Mosquitto's own.
///
/// text     outside bytes; need not be UTF-8
/// context  what the operator said beside it; goes before what the line says
/// returns  the answer, which may be unknown. Answer::code is empty for a line that carries none, such as
///          Mosquitto's "disconnected: Protocol error"
/// limits   the first code of a line counts. A line that OpenSSL wrote is taken for the broker's where
/// Mosquitto's
///          time stands before it, else for the device's, with the broker's reading as a candidate
Result<Answer, LineError> decode_line(std::string_view text, const Context& context = {});

}  // namespace tlswatch::catalog
