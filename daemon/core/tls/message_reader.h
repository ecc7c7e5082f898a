#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "daemon/core/tls/lists.h"
#include "daemon/core/tls/parse_error.h"

namespace tlswatch::tls {

/// MessageReader reads one handshake message that may have been cut: it knows how many bytes the message
/// promised and how many came, and so tells a length that lies (bad_length) from bytes that are missing.
///
/// As with Cursor, a parser reads its whole schema and asks error() once. Internal to this folder.
class MessageReader {
 public:
  /// Reads the header (RFC 8446 section 4): msg_type and length. With `cut`, missing bytes are no error.
  MessageReader(Bytes message, std::uint8_t msg_type, std::size_t limit, bool cut) noexcept
      : cursor_(message) {
    const std::uint8_t type = cursor_.u8();
    promised_ = cursor_.be24();
    if (message.size() > limit) fail(ParseError::too_long);
    if (!message.empty() && type != msg_type) fail(ParseError::wrong_type);
    if (!cursor_.ok() || (cursor_.left() < promised_ && !cut)) fail(ParseError::truncated);
    if (cursor_.left() > promised_) fail(ParseError::bad_length);
  }

  /// All that is promised has been read, or was cut.
  bool at_end() const noexcept { return promised_ == 0; }

  Bytes take(std::size_t n) noexcept {
    if (failed_ || cut_) return {};  // nothing lies behind a cut
    if (n > promised_) {
      fail(ParseError::bad_length);
      return {};
    }
    promised_ -= n;
    if (n > cursor_.left()) cut_ = true;
    return cursor_.take(std::min(n, cursor_.left()));
  }
  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t be16() noexcept { return static_cast<std::uint16_t>(number(2)); }

  Bytes vector8() noexcept { return vector(1); }
  Bytes vector16() noexcept { return vector(2); }
  Bytes vector24() noexcept { return vector(3); }

  /// Takes a vector's length of 3 bytes, which must lie within the message, and leaves its content to be
  /// read.
  std::size_t open24() noexcept {
    const std::size_t n = number(3);
    if (n > promised_) fail(ParseError::bad_length);
    return n;
  }

  void fail(ParseError error) noexcept {
    if (!failed_) error_ = error;
    failed_ = true;
  }
  std::optional<ParseError> error() const noexcept {
    return failed_ ? std::optional<ParseError>(error_) : std::nullopt;
  }
  /// Bytes were missing where something was read.
  bool cut() const noexcept { return cut_; }

 private:
  /// A number of which bytes are missing is 0, and what its vector would have held is empty.
  std::size_t number(std::size_t n) noexcept {
    const Bytes bytes = take(n);
    if (bytes.size() < n) {
      promised_ = 0;
      return 0;
    }
    std::size_t v = 0;
    for (const std::uint8_t b : bytes) v = v << 8 | b;
    return v;
  }
  Bytes vector(std::size_t width) noexcept { return take(number(width)); }

  Cursor cursor_;
  std::size_t promised_ = 0;
  bool cut_ = false;
  ParseError error_{};  // beside a flag: GCC 12 sees an optional's empty value as uninitialised
  bool failed_ = false;
};

}  // namespace tlswatch::tls
