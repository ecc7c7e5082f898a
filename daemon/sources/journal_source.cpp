#include "daemon/sources/journal_source.h"

#include <fcntl.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

namespace tlswatch::sources {
namespace {

constexpr std::string_view kMessage = "MESSAGE=";
constexpr std::size_t kMaxCursor = 512;
/// How much earlier than its entry a line may have been written: as exact as Mosquitto's own seconds.
constexpr std::uint64_t kEarlierUs = 1'000'000;
/// journald's own limit of a time (VALID_REALTIME), so that no sum of them overflows.
constexpr std::uint64_t kMaxTimeUs = (std::uint64_t{1} << 55) - 1;
constexpr std::uint64_t kNsPerUs = 1000;

std::uint64_t to_ns(std::uint64_t us) noexcept {
  return us > UINT64_MAX / kNsPerUs ? UINT64_MAX : us * kNsPerUs;
}

std::string text_of(const JournalPosition& p) {
  char head[96];
  std::snprintf(head, sizeof head, "tlswjournal 1 %" PRIx64 " %" PRIu64 " ", p.epoch, p.sequence);
  return head + (p.cursor.empty() ? "-" : p.cursor);
}

std::optional<JournalPosition> position_of(const std::optional<std::string>& text) {
  JournalPosition p;
  char cursor[kMaxCursor] = {};
  static_assert(kMaxCursor == 512);
  if (!text || std::sscanf(text->c_str(), "tlswjournal 1 %" SCNx64 " %" SCNu64 " %511s", &p.epoch,
                           &p.sequence, cursor) != 3)
    return std::nullopt;
  if (std::strcmp(cursor, "-") != 0) p.cursor = cursor;
  if (text_of(p) != *text) return std::nullopt;
  return p;
}

/// The cursor of the entry that a journal stands on; empty where there is none.
std::string cursor_of(sd_journal* journal) {
  char* text = nullptr;
  if (sd_journal_get_cursor(journal, &text) < 0) return {};
  std::string out(text);
  std::free(text);
  return out.size() < kMaxCursor && out.find_first_of(" \n") == out.npos ? out : std::string();
}

/// One field of a cursor, "i" of "s=0a1b;i=2f;b=...". Its form is systemd's own affair: it is read only to
/// say how much is gone, and where it is another one, that is not known.
std::string_view cursor_field(std::string_view cursor, char name) {
  while (!cursor.empty()) {
    const std::string_view field = cursor.substr(0, cursor.find(';'));
    if (field.size() > 2 && field[0] == name && field[1] == '=') return field.substr(2);
    cursor.remove_prefix(std::min(cursor.size(), field.size() + 1));
  }
  return {};
}

/// Sequence numbers between two entries of one journal; nothing where that cannot be told.
std::optional<std::uint64_t> entries_between(const std::string& before, const std::string& after) {
  const std::string_view journal = cursor_field(before, 's');
  if (journal.empty() || journal != cursor_field(after, 's')) return std::nullopt;
  const auto number = [](std::string_view hex) {
    return std::strtoull(std::string(hex).c_str(), nullptr, 16);
  };
  const std::uint64_t first = number(cursor_field(before, 'i'));
  const std::uint64_t second = number(cursor_field(after, 'i'));
  if (first == 0 || second <= first) return std::nullopt;
  return second - first - 1;
}

/// The first of a folder's journal files, or the folder, that may not be read; empty: none.
std::string refused_in(const std::string& folder) {
  namespace fs = std::filesystem;
  constexpr int kMaxNames = 4096;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (int names = 0; !error && at != fs::recursive_directory_iterator() && names < kMaxNames; ++names) {
    if (at.depth() > 0) at.disable_recursion_pending();
    if (at->path().extension() == ".journal") {
      const int fd = ::open(at->path().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
      if (fd < 0 && errno == EACCES) return at->path().string();
      if (fd >= 0) ::close(fd);
    }
    at.increment(error);
  }
  return error == std::errc::permission_denied ? folder : std::string();
}

/// Why no journal file can be read. libsystemd leaves out files that it may not open, without a word.
std::string why_nothing_is_there(const std::string& directory) {
  std::vector<std::string> folders{"/run/log/journal", "/var/log/journal"};
  if (!directory.empty()) folders = {directory};
  std::string names;
  for (const std::string& folder : folders) {
    names += (names.empty() ? "" : " and ") + folder;
    const std::string refused = refused_in(folder);
    if (!refused.empty()) {
      return "the journal cannot be read, " + refused +
             ": Permission denied; the daemon's user needs the group systemd-journal "
             "(SupplementaryGroups=systemd-journal in its unit)";
    }
  }
  return "waiting for the journal, there is none that can be read in " + names;
}

}  // namespace

void JournalSource::Close::operator()(sd_journal* journal) const noexcept {
  sd_journal_close(journal);
}

JournalSource::JournalSource(std::string unit, std::string directory, std::string position_file)
    : unit_(std::move(unit)), directory_(std::move(directory)), file_(std::move(position_file)) {}

JournalSource::~JournalSource() = default;

/// Says what failed, closes the journal, and leaves it alone for a while.
bool JournalSource::give_up(const char* what, int error) {
  tell(std::string("the journal cannot be ") + what + ": " + std::strerror(-error) + "; trying again");
  journal_.reset();
  return false;
}

/// Files came or went since the last look. Asked before anything is read: what is gone must be noticed while
/// the position still stands before it.
bool JournalSource::files_changed() const noexcept {
  const int change = sd_journal_process(journal_.get());
  return change < 0 || change == SD_JOURNAL_INVALIDATE;
}

void JournalSource::look(std::uint64_t now_unix_ns) {
  now_ns_ = now_unix_ns;
  left_in_look_ = kJournalEntriesPerLook;
  if (journal_ && !files_changed()) return;
  if (!journal_ && tried_ns_ && now_ns_ - *tried_ns_ < kJournalRetryNs) return;
  tried_ns_ = now_ns_;
  forget_front();
  if (!open()) journal_.reset();
}

bool JournalSource::open() {
  if (!open_files() || !begin()) return false;
  const std::string gone = say_what_is_gone();
  const std::string match = "_SYSTEMD_UNIT=" + unit_;
  sd_journal_flush_matches(journal_.get());
  if (const int r = sd_journal_add_match(journal_.get(), match.data(), match.size()); r < 0)
    return give_up("searched", r);
  if (!(at_.cursor.empty() ? find_first() : find_place())) return false;
  const bool none = !on_entry_ && at_.cursor.empty();
  tell("following the journal of " + unit_ + (none ? ", which has no line yet" : "") + gone);
  return true;
}

bool JournalSource::open_files() {
  sd_journal* journal = nullptr;
  const int opened = directory_.empty() ? sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM)
                                        : sd_journal_open_directory(&journal, directory_.c_str(), 0);
  if (opened >= 0) journal_.reset(journal);
  std::uint64_t bytes = 0;
  if (opened < 0 || sd_journal_get_usage(journal, &bytes) < 0 || bytes == 0) {
    tell(why_nothing_is_there(directory_));
    return false;
  }
  // Asking for the descriptor is what makes libsystemd watch the folders; it is not waited on.
  if (const int r = sd_journal_get_fd(journal); r < 0) return give_up("watched", r);
  // One byte over the limit is enough to see that a message is too long.
  const int r = sd_journal_set_data_threshold(journal, kMessage.size() + broker_log::kMaxLine + 1);
  return r >= 0 || give_up("read", r);
}

/// The position of the last daemon, or a first one. That is written down before anything is read: whatever
/// happens then, the entries keep their names.
bool JournalSource::begin() {
  if (begun_) return true;
  if (const auto known = position_of(file_.read())) {
    at_ = *known;
  } else {
    const JournalPosition first{now_ns_, 0, {}};
    if (auto trouble = file_.write(text_of(first))) {
      tell(*trouble + "; the broker's log waits");
      return false;
    }
    at_ = first;
  }
  committed_ = at_;
  begun_ = true;
  return true;
}

/// What stood behind the position and is there no more. Asked without a match: sequence numbers count the
/// entries of all units.
std::string JournalSource::say_what_is_gone() const {
  sd_journal* journal = journal_.get();
  if (at_.cursor.empty() || sd_journal_seek_cursor(journal, at_.cursor.c_str()) < 0 ||
      sd_journal_next(journal) <= 0 || sd_journal_test_cursor(journal, at_.cursor.c_str()) > 0)
    return {};
  const auto gone = entries_between(at_.cursor, cursor_of(journal));
  if (gone == std::uint64_t{0}) return {};
  const std::string how_many = gone ? "up to " + std::to_string(*gone) + " entries" : "an unknown number";
  return "; lost, since they were removed before they were read: " + how_many + " of all units";
}

bool JournalSource::find_first() {
  if (const int r = sd_journal_seek_tail(journal_.get()); r < 0) return give_up("searched", r);
  const int back = sd_journal_previous_skip(journal_.get(), kJournalFirst);
  if (back < 0) return give_up("searched", back);
  on_entry_ = back > 0;
  if (!on_entry_ && sd_journal_seek_head(journal_.get()) < 0) return give_up("searched", -EIO);
  again_left_ = 0;
  placed_ = true;
  return true;
}

/// Goes to the entry of the position, or to where it would be; a new daemon some entries further back.
bool JournalSource::find_place() {
  sd_journal* journal = journal_.get();
  if (const int r = sd_journal_seek_cursor(journal, at_.cursor.c_str()); r < 0)
    return give_up("searched for the place that was read last", r);
  const int next = sd_journal_next(journal);
  if (next < 0) return give_up("searched", next);
  const bool there = next > 0 && sd_journal_test_cursor(journal, at_.cursor.c_str()) > 0;
  const int back = placed_ ? 0 : sd_journal_previous_skip(journal, kJournalAgain);
  if (back < 0) return give_up("searched", back);
  again_left_ = placed_ ? 0 : static_cast<std::uint64_t>(back) + (there ? 1 : 0);
  on_entry_ = back > 0 || (next > 0 && !(there && placed_));
  placed_ = true;
  return true;
}

/// The message of the entry that the journal stands on; empty where it can be no line of Mosquitto's.
std::string_view JournalSource::message_text() {
  const void* data = nullptr;
  std::size_t size = 0;
  const int r = sd_journal_get_data(journal_.get(), "MESSAGE", &data, &size);
  if (r == -ENOENT) return {};
  if (r < 0 || size >= kMessage.size() + broker_log::kMaxLine) {
    count_long_line();
    return {};
  }
  const std::string_view text =
      std::string_view(static_cast<const char*>(data), size).substr(kMessage.size());
  return text.find('\n') == text.npos ? text : std::string_view();
}

std::optional<LogSource::Raw> JournalSource::read() {
  while (journal_) {
    if (!on_entry_) {
      if (left_in_look_ == 0) return std::nullopt;
      const int next = sd_journal_next(journal_.get());
      if (next < 0) give_up("read", next);
      if (next <= 0) return std::nullopt;
      --left_in_look_;
      on_entry_ = true;
    }
    std::uint64_t time_us = 0;
    std::string cursor = cursor_of(journal_.get());
    if (sd_journal_get_realtime_usec(journal_.get(), &time_us) < 0 || cursor.empty()) {  // damaged
      count_long_line();
      on_entry_ = false;
      continue;
    }
    time_us = std::min(time_us, kMaxTimeUs);
    const bool again = again_left_ > 0;
    entry_ = {at_.epoch, again ? std::min(time_us, at_.sequence) : std::max(time_us, at_.sequence + 1),
              std::move(cursor)};
    const broker_log::Span came{to_ns(time_us - std::min(time_us, kEarlierUs)), to_ns(time_us)};
    return Raw{message_text(), entry_.sequence, again, came};
  }
  return std::nullopt;
}

void JournalSource::consume() {
  on_entry_ = false;
  if (again_left_ == 0) {
    at_ = std::move(entry_);
  } else {
    --again_left_;
  }
}

std::optional<std::string> JournalSource::save() {
  if (at_ == committed_) return std::nullopt;
  if (auto trouble = file_.write(text_of(at_))) return trouble;
  committed_ = at_;
  return std::nullopt;
}

}  // namespace tlswatch::sources
