#pragma once

#include <algorithm>
#include <concepts>
#include <cstring>
#include <span>
#include <string_view>

#include "cursor.h"
#include "little_endian.h"
#include "record.h"

namespace tlswatch::wire {

/// RecordWriter builds one record in a buffer of the caller's. It never allocates and never writes past the
/// buffer: a section that does not fit is cut and marked kTruncated, or left out when not even its header
/// fits.
///
/// The sequence is filled in by the ring (RingWriter::publish), which alone knows it.
class RecordWriter {
 public:
  RecordWriter(std::span<std::uint8_t> buffer, RecordType type, std::uint64_t time_unix_ns,
               std::uint64_t session) noexcept
      : buffer_(buffer.first(std::min(buffer.size(), kMaxRecordSize))) {
    put(std::uint32_t{0});
    put(static_cast<std::uint16_t>(type));
    put(std::uint16_t{0});
    put(std::uint64_t{0});
    put(time_unix_ns);
    put(session);
  }

  /// Opens a section whose content the u8..u64 and bytes calls append; the next begin() or finish() closes
  /// it.
  RecordWriter& begin(Section tag) noexcept {
    close();
    if (buffer_.size() - size_ < kSectionHeaderSize + kRecordAlignment) {
      return *this;
    }
    section_ = size_;
    put(static_cast<std::uint16_t>(tag));
    put(std::uint16_t{0});
    return *this;
  }
  RecordWriter& u8(std::uint8_t v) noexcept { return number(v); }
  RecordWriter& u16(std::uint16_t v) noexcept { return number(v); }
  RecordWriter& u32(std::uint32_t v) noexcept { return number(v); }
  RecordWriter& u64(std::uint64_t v) noexcept { return number(v); }
  RecordWriter& i32(std::int32_t v) noexcept { return number(static_cast<std::uint32_t>(v)); }

  /// Appends bytes to the open section, at most `limit` of them; `cut` says they were cut before already.
  RecordWriter& bytes(Bytes data, std::size_t limit = kMaxRecordSize, bool cut = false) noexcept {
    if (section_ == 0) return *this;
    const std::size_t room = buffer_.size() - size_ - (kRecordAlignment - 1);
    const std::size_t n = std::min({data.size(), limit, room});
    if (n != 0) std::memcpy(buffer_.data() + size_, data.data(), n);
    size_ += n;
    if (cut || n < data.size()) truncate();
    return *this;
  }
  RecordWriter& text(std::string_view s, std::size_t limit = 1024) noexcept {
    return bytes({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}, limit);
  }

  /// Closes the record: pads it to eight bytes and writes its size. Returns the whole record.
  std::span<std::uint8_t> finish() noexcept {
    close();
    while (size_ % kRecordAlignment != 0) buffer_[size_++] = 0;
    store(0, static_cast<std::uint32_t>(size_));
    return buffer_.first(size_);
  }

 private:
  template <std::unsigned_integral T>
  RecordWriter& number(T v) noexcept {
    if (section_ == 0) return *this;
    if (buffer_.size() - size_ < sizeof v + kRecordAlignment - 1) {
      truncate();
      return *this;
    }
    put(v);
    return *this;
  }
  template <std::unsigned_integral T>
  void put(T v) noexcept {
    store(size_, v);
    size_ += sizeof v;
  }
  template <std::unsigned_integral T>
  void store(std::size_t at, T v) noexcept {
    store_le(buffer_.subspan(at), v);
  }
  void truncate() noexcept { buffer_[section_ + 1] |= static_cast<std::uint8_t>(kTruncated >> 8); }
  void close() noexcept {
    if (section_ != 0) store(section_ + 2, static_cast<std::uint16_t>(size_ - section_ - kSectionHeaderSize));
    section_ = 0;
  }

  std::span<std::uint8_t> buffer_;
  std::size_t size_ = 0;
  std::size_t section_ = 0;  // offset of the open section's header; 0: none is open
};

}  // namespace tlswatch::wire
