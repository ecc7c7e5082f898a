#include "daemon/tlswatch/log_follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace tlswatch::cli {
namespace {

constexpr std::size_t kBlock = 64 * 1024;

/// Where the last `lines` whole lines of a file begin, found from its end.
off_t last_lines(int fd, off_t size, std::size_t lines) {
  std::array<char, kBlock> block;
  std::size_t newlines = 0;
  off_t at = size;
  while (at > 0) {
    const auto n = static_cast<std::size_t>(std::min<off_t>(at, static_cast<off_t>(kBlock)));
    at -= static_cast<off_t>(n);
    if (pread(fd, block.data(), n, at) != static_cast<ssize_t>(n)) return at;
    for (std::size_t i = n; i-- > 0;) {
      // The newline that ends the last of them does not count: one more than `lines` bounds them.
      if (block[i] == '\n' && newlines++ == lines) return at + static_cast<off_t>(i) + 1;
    }
  }
  return 0;
}

}  // namespace

LogFollower::~LogFollower() {
  close_file();
}

bool LogFollower::open_file() {
  fd_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  offset_ = 0;
  partial_.clear();
  too_long_ = false;
  return fd_ >= 0;
}

void LogFollower::close_file() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

bool LogFollower::open_at_last(std::size_t lines) {
  if (!open_file()) return false;
  struct stat info {};
  if (fstat(fd_, &info) == 0) offset_ = last_lines(fd_, info.st_size, lines);
  return true;
}

bool LogFollower::truncated() const {
  struct stat info {};
  return fstat(fd_, &info) == 0 && info.st_size < offset_;
}

bool LogFollower::rotated() const {
  struct stat mine {};
  struct stat named {};
  if (stat(path_.c_str(), &named) != 0 || fstat(fd_, &mine) != 0) return false;
  return named.st_ino != mine.st_ino || named.st_dev != mine.st_dev;
}

void LogFollower::take(std::string_view chunk, const Line& line) {
  while (!chunk.empty()) {
    const std::size_t end = chunk.find('\n');
    if (end == std::string_view::npos) {
      if (too_long_) return;
      partial_ += chunk;
      if (partial_.size() <= kMaxLine) return;
      too_long_ = true;
      partial_.clear();
      return;
    }
    partial_ += chunk.substr(0, end);
    chunk.remove_prefix(end + 1);
    if (too_long_ || partial_.size() > kMaxLine) {
      ++dropped_;
    } else {
      line(partial_);
    }
    partial_.clear();
    too_long_ = false;
  }
}

void LogFollower::drain(const Line& line) {
  std::array<char, kBlock> block;
  for (;;) {
    const ssize_t n = pread(fd_, block.data(), block.size(), offset_);
    if (n <= 0) return;
    offset_ += n;
    take({block.data(), static_cast<std::size_t>(n)}, line);
  }
}

void LogFollower::read_new(const Line& line) {
  if (!is_open() && !open_file()) return;
  if (truncated()) {
    offset_ = 0;
    partial_.clear();
    too_long_ = false;
  }
  // Asked before the drain: what was written before the name moved on is then read from the old file.
  const bool moved = rotated();
  drain(line);
  if (!moved) return;
  close_file();
  if (open_file()) drain(line);
}

}  // namespace tlswatch::cli
