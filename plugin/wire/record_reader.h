#pragma once

#include <optional>

#include "cursor.h"
#include "record.h"
#include "result.h"

namespace tlswatch::wire {

enum class RecordError : std::uint8_t {
  truncated,    ///< fewer bytes than the header, or than its size promises
  bad_size,     ///< not a multiple of eight, below the header's size or above kMaxRecordSize
  bad_section,  ///< a section reaches past the record
};

/// Record: a checked header and the bytes of the sections behind it. Views live as long as the bytes given.
struct Record {
  RecordType type{};
  std::uint64_t sequence = 0;
  std::uint64_t time_unix_ns = 0;
  std::uint64_t session = 0;  ///< 0: not about one session
  Bytes sections;
};

struct SectionView {
  Section tag{};
  bool truncated = false;
  Bytes content;
};

/// Sections walks a record's sections in their order. The end of the record is padded with up to seven zero
/// bytes; tag 0 is not used, so padding is never taken for a section.
class Sections {
 public:
  explicit Sections(Bytes sections) noexcept : cursor_(sections) {}

  /// The next section, or nothing at the end; ok() tells the end from a section that reaches past the record.
  std::optional<SectionView> next() noexcept {
    if (cursor_.left() < kSectionHeaderSize) return std::nullopt;
    const std::uint16_t tag = cursor_.le16();
    const std::uint16_t length = cursor_.le16();
    if (tag == 0) return std::nullopt;
    const Bytes content = cursor_.take(length);
    if (!cursor_.ok()) return std::nullopt;
    return SectionView{static_cast<Section>(tag & ~kTruncated), (tag & kTruncated) != 0, content};
  }
  bool ok() const noexcept { return cursor_.ok(); }

 private:
  Cursor cursor_;
};

/// Reads one record from the start of `bytes` (FORMAT.md), and walks its sections once to check their bounds.
inline Result<Record, RecordError> read_record(Bytes bytes) noexcept {
  Cursor c(bytes);
  const std::uint32_t size = c.le32();
  const auto type = static_cast<RecordType>(c.le16());
  c.skip(2);
  Record record{type, c.le64(), c.le64(), c.le64(), {}};
  if (!c.ok()) return RecordError::truncated;
  if (size < kRecordHeaderSize || size > kMaxRecordSize || size % kRecordAlignment != 0)
    return RecordError::bad_size;
  record.sections = c.take(size - kRecordHeaderSize);
  if (!c.ok()) return RecordError::truncated;
  Sections walk(record.sections);
  while (walk.next()) {
  }
  if (!walk.ok()) return RecordError::bad_section;
  return record;
}

}  // namespace tlswatch::wire
