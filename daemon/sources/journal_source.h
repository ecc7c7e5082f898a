#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/sources/log_source.h"
#include "daemon/sources/position_file.h"

struct sd_journal;

namespace tlswatch::sources {

/// Entries of a unit that one look reads at most.
inline constexpr std::uint64_t kJournalEntriesPerLook = 65536;
/// Before the position, read once more at a start, so that what was known of open connections is known again.
inline constexpr std::uint64_t kJournalAgain = 8192;
/// Of a unit that was never read before: the broker may have been up for long.
inline constexpr std::uint64_t kJournalFirst = 131072;
/// How long a journal that cannot be read is left alone.
inline constexpr std::uint64_t kJournalRetryNs = 1'000'000'000;
/// How long journald may take from a line that was written to an entry that can be read.
inline constexpr std::uint64_t kJournalDelayNs = 100'000'000;

/// JournalPosition: how far a unit's entries were read.
struct JournalPosition {
  std::uint64_t epoch = 0;     ///< drawn when a unit was followed for the first time
  std::uint64_t sequence = 0;  ///< of the last entry that was read
  std::string cursor;          ///< the journal's own name of that entry; empty: none was read yet
  bool operator==(const JournalPosition&) const = default;
};

/// JournalSource follows what one unit (a broker) has said in systemd's journal.
///
/// An entry is the unit's where journald itself says so (_SYSTEMD_UNIT), whatever its text claims. A line's
/// sequence is its entry's time in microseconds, or one more than the last one's where the clock has stood
/// still or gone back: so it grows, and is the same when what follows a position is read once more. The
/// journal's own sequence numbers would not do: libsystemd tells them from version 254 on, and they begin
/// anew with a new journal.
///
/// Rotation needs nothing: entries are found by the position's cursor, in whatever file they are. Where files
/// with unread entries were removed, take_message() says how many entries of all units went with them; how
/// many of them were the unit's, nobody can know. Where the journal's files belong to several machines, as in
/// a folder of systemd-journal-remote, entries that come late are missed: one machine's journal is to be
/// named.
///
/// A MESSAGE of several lines, or of broker_log::kMaxLine bytes and more, is nothing that Mosquitto prints.
class JournalSource final : public LogSource {
 public:
  /// directory  of the journal files; empty: this machine's system journal
  JournalSource(std::string unit, std::string directory, std::string position_file);
  ~JournalSource() override;

  void look(std::uint64_t now_unix_ns) override;
  std::uint64_t epoch() const noexcept override { return at_.epoch; }
  std::uint64_t delay_ns() const noexcept override { return kJournalDelayNs; }

 private:
  struct Close {
    void operator()(sd_journal* journal) const noexcept;
  };

  std::optional<Raw> read() override;
  void consume() override;
  std::optional<std::string> save() override;
  bool files_changed() const noexcept;
  bool open();
  bool open_files();
  bool begin();
  bool find_place();
  bool find_first();
  std::string say_what_is_gone() const;
  std::string_view message_text();
  bool give_up(const char* what, int error);

  std::string unit_;
  std::string directory_;
  PositionFile file_;
  std::unique_ptr<sd_journal, Close> journal_;
  bool begun_ = false;   ///< at_ is known
  bool placed_ = false;  ///< by this daemon, once: what was known is known
  JournalPosition at_;   ///< the last entry that was consumed
  JournalPosition committed_;
  JournalPosition entry_;         ///< the one that read() gave
  bool on_entry_ = false;         ///< the journal stands on an entry that was not consumed
  std::uint64_t again_left_ = 0;  ///< entries, from here on, that an earlier daemon has taken
  std::uint64_t left_in_look_ = 0;
  std::uint64_t now_ns_ = 0;
  std::optional<std::uint64_t> tried_ns_;
};

}  // namespace tlswatch::sources
