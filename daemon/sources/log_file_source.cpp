#include "daemon/sources/log_file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "plugin/wire/crc32.h"

namespace tlswatch::sources {
namespace {

/// Names beside the log that are looked at for one that was renamed.
constexpr int kMaxNeighbours = 1024;

int open_for_reading(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return -1;
  struct stat facts {};
  if (::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) return fd;
  ::close(fd);
  errno = EINVAL;
  return -1;
}

std::uint64_t size_of(int fd) noexcept {
  struct stat facts {};
  return ::fstat(fd, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

bool is_file(const LogPosition& position, const struct stat& facts) noexcept {
  return facts.st_dev == position.device && facts.st_ino == position.inode;
}

/// The checksum of the bytes before `offset`; nothing where they cannot be read.
std::optional<std::uint32_t> tail_crc(int fd, std::uint64_t offset) noexcept {
  std::uint8_t bytes[kTailBytes];
  const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(offset, kTailBytes));
  const ssize_t got = ::pread(fd, bytes, n, static_cast<off_t>(offset - n));
  if (got != static_cast<ssize_t>(n)) return std::nullopt;
  return wire::crc32(wire::Bytes(bytes, n));
}

std::string text_of(const LogPosition& p) {
  char text[160];
  const int n =
      std::snprintf(text, sizeof text, "tlswlog 1 %" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %08" PRIx32,
                    p.epoch, p.device, p.inode, p.offset, p.tail_crc);
  return {text, static_cast<std::size_t>(n)};
}

std::optional<LogPosition> position_of(const std::optional<std::string>& text) {
  LogPosition p;
  if (!text) return std::nullopt;
  const int fields =
      std::sscanf(text->c_str(), "tlswlog 1 %" SCNx64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNx32,
                  &p.epoch, &p.device, &p.inode, &p.offset, &p.tail_crc);
  if (fields != 5 || text_of(p) != *text) return std::nullopt;
  return p;
}

}  // namespace

LogFileSource::~LogFileSource() {
  close();
}

void LogFileSource::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

/// Reads on at an offset of the file, from the beginning of a line.
void LogFileSource::read_from(std::uint64_t offset) {
  buffer_.clear();
  used_ = 0;
  forget_front();
  char before = '\n';
  if (offset != 0 && ::pread(fd_, &before, 1, static_cast<off_t>(offset - 1)) != 1) before = '\n';
  skipping_ = before != '\n';
  at_.offset = offset;
  read_to_ = offset;
}

/// A file that was not followed before. Its epoch is written down first: whatever happens then, its lines
/// keep their names.
bool LogFileSource::begin_file(std::uint64_t offset) {
  struct stat facts {};
  if (::fstat(fd_, &facts) != 0) return false;
  LogPosition fresh{std::max(now_ns_, at_.epoch + 1), facts.st_dev, facts.st_ino, offset, 0};
  fresh.tail_crc = tail_crc(fd_, offset).value_or(0);
  if (auto trouble = cursor_.write(text_of(fresh))) {
    tell(*trouble + "; the broker's log waits");
    return false;
  }
  at_ = committed_ = fresh;
  new_from_ = offset;
  read_from(offset);
  return true;
}

bool LogFileSource::resume(const LogPosition& known) {
  if (size_of(fd_) < known.offset || tail_crc(fd_, known.offset) != known.tail_crc) return false;
  at_ = committed_ = known;
  new_from_ = known.offset;
  read_from(known.offset > kLogAgain ? known.offset - kLogAgain : 0);
  return true;
}

/// Looks for the file of a cursor beside the log, where a rotation has put it.
bool LogFileSource::find_renamed(const LogPosition& known) {
  const std::filesystem::path log(path_);
  const std::string name = log.filename().string();
  std::error_code error;
  const auto folder = log.has_parent_path() ? log.parent_path() : std::filesystem::path(".");
  int looked_at = 0;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (++looked_at > kMaxNeighbours) break;
    if (!at->path().filename().string().starts_with(name)) continue;
    const int fd = open_for_reading(at->path().string());
    if (fd < 0) continue;
    struct stat facts {};
    if (::fstat(fd, &facts) == 0 && is_file(known, facts)) {
      close();
      fd_ = fd;
      if (resume(known)) return true;
      close();
      return false;
    }
    ::close(fd);
  }
  return false;
}

bool LogFileSource::open_first() {
  const auto known = position_of(cursor_.read());
  if (known) at_.epoch = known->epoch;
  fd_ = open_for_reading(path_);
  struct stat facts {};
  const bool there = fd_ >= 0 && ::fstat(fd_, &facts) == 0;
  if (known && there && is_file(*known, facts) && resume(*known)) return true;
  if (known && !(there && is_file(*known, facts)) && find_renamed(*known)) return true;
  if (fd_ < 0) fd_ = open_for_reading(path_);
  if (fd_ < 0) {
    tell("waiting for the broker's log " + path_ + ": " + std::strerror(errno));
    return false;
  }
  const std::uint64_t size = size_of(fd_);
  const bool first = !known;
  if (begin_file(first && size > kLogFirst ? size - kLogFirst : 0)) {
    if (!first) tell("the broker's log " + path_ + " is another one now, what the last one held may be lost");
    return true;
  }
  close();
  return false;
}

bool LogFileSource::same_file() const {
  const auto crc = tail_crc(fd_, at_.offset);
  return crc && *crc == at_.tail_crc;
}

/// At the end of what there is: emptied in place, or replaced?
void LogFileSource::follow_rotation() {
  if (size_of(fd_) < read_to_ || !same_file()) {
    tell("the broker's log " + path_ + " was emptied, going on at its beginning");
    begin_file(0);
    return;
  }
  struct stat there {};
  if (::stat(path_.c_str(), &there) != 0 || is_file(at_, there) || there.st_size == 0) return;
  if (refill()) return;  // a last line, written before the new file's first
  const int fd = open_for_reading(path_);
  if (fd < 0) return;
  close();
  fd_ = fd;
  // What stands in it was written since the last look.
  if (begin_file(0)) tell("the broker's log " + path_ + " was replaced, going over to the new one");
  if (at_.device != there.st_dev || at_.inode != there.st_ino) close();
}

void LogFileSource::look(std::uint64_t now_unix_ns) {
  now_ns_ = now_unix_ns;
  if (fd_ < 0) {
    if (!open_first()) return;
    tell("following the broker's log " + path_);
    return;
  }
  if (at_end_ && !has_uncommitted()) follow_rotation();
}

/// Reads more; false at the end of the file.
bool LogFileSource::refill() {
  if (used_ != 0) {
    buffer_.erase(0, used_);
    used_ = 0;
  }
  const std::size_t had = buffer_.size();
  buffer_.resize(had + kLogChunk);
  const ssize_t n = ::pread(fd_, buffer_.data() + had, kLogChunk, static_cast<off_t>(read_to_));
  buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  at_end_ = n <= 0;
  if (at_end_) return false;
  read_to_ += static_cast<std::uint64_t>(n);
  return true;
}

/// The next whole line; `line_end_` is set behind its newline.
bool LogFileSource::read_line(std::string_view& out) {
  while (true) {
    const std::size_t newline = buffer_.find('\n', used_);
    if (newline == std::string::npos) {
      if (buffer_.size() - used_ > broker_log::kMaxLine) {  // the rest of it is no line either
        if (!skipping_) count_long_line();
        skipping_ = true;
        used_ = buffer_.size();
      }
      if (!refill()) return false;
      continue;
    }
    line_end_ = newline + 1;
    if (!skipping_) {
      out = std::string_view(buffer_).substr(used_, newline - used_);
      return true;
    }
    skipping_ = false;
    used_ = line_end_;
  }
}

std::optional<LogSource::Raw> LogFileSource::read() {
  if (fd_ < 0) return std::nullopt;
  Raw raw;
  if (!read_line(raw.text)) {
    seen_all_ns_ = now_ns_;
    return std::nullopt;
  }
  raw.sequence = read_to_ - buffer_.size() + line_end_;
  raw.again = raw.sequence <= new_from_;
  if (seen_all_ns_ != 0 && !raw.again) raw.came = {seen_all_ns_, now_ns_};
  return raw;
}

void LogFileSource::consume() {
  used_ = line_end_;
}

std::optional<std::string> LogFileSource::save() {
  if (fd_ < 0) return std::nullopt;
  at_.offset = read_to_ - buffer_.size() + used_;
  if (at_.offset > committed_.offset) {
    at_.tail_crc = tail_crc(fd_, at_.offset).value_or(0);
    if (auto trouble = cursor_.write(text_of(at_))) return trouble;
    committed_ = at_;
  }
  at_ = committed_;  // while lines come again the position stays where it was
  return std::nullopt;
}

}  // namespace tlswatch::sources
