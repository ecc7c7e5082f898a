#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tlswatch::wire {

using Bytes = std::span<const std::uint8_t>;

/// Cursor reads outside bytes in order and never past their end: the one way in for every byte that we did
/// not write ourselves (ring records, TLS messages).
///
/// A read that would pass the end returns zero or an empty view, consumes nothing more and makes ok() false
/// for good, so a parser reads its whole schema first and asks ok() once. Views live as long as the bytes
/// given.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) noexcept : rest_(bytes) {}

  bool ok() const noexcept { return ok_; }
  std::size_t left() const noexcept { return rest_.size(); }
  bool done() const noexcept { return ok_ && rest_.empty(); }

  Bytes take(std::size_t n) noexcept {
    if (!ok_ || n > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const Bytes out = rest_.first(n);
    rest_ = rest_.subspan(n);
    return out;
  }
  void skip(std::size_t n) noexcept { take(n); }
  Bytes rest() noexcept { return take(rest_.size()); }

  /// Network byte order, as TLS (RFC 8446 section 3.3) writes its numbers.
  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t be16() noexcept { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t be24() noexcept { return static_cast<std::uint32_t>(big_endian(3)); }
  std::uint32_t be32() noexcept { return static_cast<std::uint32_t>(big_endian(4)); }

  /// Little endian, as the ring (FORMAT.md) writes its numbers.
  std::uint16_t le16() noexcept { return static_cast<std::uint16_t>(little_endian(2)); }
  std::uint32_t le32() noexcept { return static_cast<std::uint32_t>(little_endian(4)); }
  std::uint64_t le64() noexcept { return little_endian(8); }

  /// TLS vectors (RFC 8446 section 3.4): a length of 1, 2 or 3 bytes, then that many bytes.
  Bytes vector8() noexcept { return take(u8()); }
  Bytes vector16() noexcept { return take(be16()); }
  Bytes vector24() noexcept { return take(be24()); }

 private:
  std::uint64_t big_endian(std::size_t n) noexcept {
    std::uint64_t v = 0;
    for (const std::uint8_t b : take(n)) v = v << 8 | b;
    return v;
  }
  std::uint64_t little_endian(std::size_t n) noexcept {
    std::uint64_t v = 0;
    unsigned shift = 0;
    for (const std::uint8_t b : take(n)) {
      v |= std::uint64_t{b} << shift;
      shift += 8;
    }
    return v;
  }

  Bytes rest_;
  bool ok_ = true;
};

/// as_text views bytes as text; nothing is promised about its encoding.
inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tlswatch::wire
