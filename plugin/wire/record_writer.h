#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "cursor.h"
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
    put(0, 4);
    put(static_cast<std::uint16_t>(type), 2);
    put(0, 2);
    put(0, 8);
    put(time_unix_ns, 8);
    put(session, 8);
  }

  /// Opens a section whose content the u8..u64 and bytes calls append; the next begin() or finish() closes
  /// it.
  RecordWriter& begin(Section tag) noexcept {
    close();
    if (buffer_.size() - size_ < kSectionHeaderSize + kRecordAlignment) {
      return *this;
    }
    section_ = size_;
    put(static_cast<std::uint16_t>(tag), 2);
    put(0, 2);
    return *this;
  }
  RecordWriter& u8(std::uint8_t v) noexcept { return number(v, 1); }
  RecordWriter& u16(std::uint16_t v) noexcept { return number(v, 2); }
  RecordWriter& u32(std::uint32_t v) noexcept { return number(v, 4); }
  RecordWriter& u64(std::uint64_t v) noexcept { return number(v, 8); }
  RecordWriter& i32(std::int32_t v) noexcept { return number(static_cast<std::uint32_t>(v), 4); }

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
    store(0, size_, 4);
    return buffer_.first(size_);
  }

 private:
  RecordWriter& number(std::uint64_t v, std::size_t n) noexcept {
    if (section_ == 0) return *this;
    if (buffer_.size() - size_ < n + kRecordAlignment - 1) {
      truncate();
      return *this;
    }
    put(v, n);
    return *this;
  }
  void put(std::uint64_t v, std::size_t n) noexcept {
    store(size_, v, n);
    size_ += n;
  }
  void store(std::size_t at, std::uint64_t v, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) buffer_[at + i] = static_cast<std::uint8_t>(v >> (8 * i));
  }
  void truncate() noexcept { buffer_[section_ + 1] |= static_cast<std::uint8_t>(kTruncated >> 8); }
  void close() noexcept {
    if (section_ != 0) store(section_ + 2, size_ - section_ - kSectionHeaderSize, 2);
    section_ = 0;
  }

  std::span<std::uint8_t> buffer_;
  std::size_t size_ = 0;
  std::size_t section_ = 0;  // offset of the open section's header; 0: none is open
};

}  // namespace tlswatch::wire
