#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sources/cursor_file.h"
#include "plugin/wire/ring_reader.h"

namespace tlswatch::sources {

/// Bytes of ring that are taken at once.
inline constexpr std::size_t kBatchBytes = 256 * 1024;

/// RingSource follows one broker's ring file: waits for it, reads it, follows a new one that takes its place.
///
/// The file is read with pread, not mapped: whoever truncates a mapped file kills its reader by SIGBUS.
/// Nothing in it is believed (wire::read_batch).
class RingSource {
 public:
  RingSource(std::string ring, std::string cursor) : path_(std::move(ring)), cursor_(std::move(cursor)) {}
  ~RingSource();
  RingSource(const RingSource&) = delete;
  RingSource& operator=(const RingSource&) = delete;

  /// Takes the cursor file. Returns what is wrong, or nothing.
  std::optional<std::string> start() { return cursor_.open(); }

  /// Taken: what a poll found.
  struct Taken {
    wire::Batch batch;
    /// Records below this sequence were logged before this daemon started: what the ring still holds of them
    /// comes again once, so that what was known of their sessions is known again. They are not to be logged,
    /// and neither is a loss that ends below it.
    std::uint64_t new_from = 0;
    std::uint64_t epoch() const noexcept { return batch.after.epoch; }
  };

  /// Reads on. Nothing where there is nothing new; message() may then say why.
  std::optional<Taken> poll();

  /// Everything up to `after` is in the log: the plugin may use its room again. Returns what is wrong, or
  /// nothing; it may be tried again.
  std::optional<std::string> commit(const wire::RingCursor& after);

  /// How full the ring is with what is not committed; nothing where there is no ring that can be read.
  std::optional<wire::RingFill> fill() const;

  /// A sentence for people whenever something changed: the ring is not there, is there, cannot be read.
  std::optional<std::string> take_message() { return std::exchange(message_, std::nullopt); }

 private:
  bool open();
  void close() noexcept;
  bool replaced() const noexcept;
  void begin();
  void tell(std::string text);
  std::optional<Taken> take(wire::Batch batch);

  std::string path_;
  CursorFile cursor_;
  int fd_ = -1;
  bool begun_ = false;
  wire::RingCursor at_;
  wire::RingCursor committed_;
  std::optional<wire::RingCursor> resume_;  ///< set while older records come again: where the new ones begin
  std::uint64_t new_from_ = 0;
  std::string told_;
  std::optional<std::string> message_;
};

}  // namespace tlswatch::sources
