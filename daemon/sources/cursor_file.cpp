#include "daemon/sources/cursor_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tlswatch::sources {

CursorFile::~CursorFile() {
  close();
}

void CursorFile::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::optional<std::string> CursorFile::open() {
  close();
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);
  if (fd_ < 0) return "the cursor file " + path_ + " cannot be opened: " + std::strerror(errno);
  struct stat facts {};
  if (::fstat(fd_, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    close();
    return "the cursor file " + path_ + " is no ordinary file";
  }
  // The broker's user must read it, whatever our umask is: without it the ring fills and stays full.
  if (facts.st_uid == ::geteuid() && ::fchmod(fd_, 0644) != 0) {
    const std::string reason = std::strerror(errno);
    close();
    return "the cursor file " + path_ + " cannot be given mode 0644: " + reason;
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    close();
    return "the cursor file " + path_ + " is in use: another tlswatchd follows this ring";
  }
  return std::nullopt;
}

std::optional<wire::RingCursor> CursorFile::read() const {
  std::array<std::uint8_t, wire::kCursorFileSize> bytes{};
  const ssize_t n = ::pread(fd_, bytes.data(), bytes.size(), 0);
  if (n < 0) return std::nullopt;
  return wire::decode_cursor(wire::Bytes(bytes).first(static_cast<std::size_t>(n)));
}

bool CursorFile::removed() const noexcept {
  struct stat facts {};
  return ::fstat(fd_, &facts) == 0 && facts.st_nlink == 0;
}

std::optional<std::string> CursorFile::write(const wire::RingCursor& cursor) {
  if (fd_ < 0 || removed()) {
    if (auto trouble = open()) return trouble;
  }
  const auto bytes = wire::encode_cursor(cursor);
  const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), 0);
  if (n == static_cast<ssize_t>(bytes.size())) return std::nullopt;
  return "the cursor file " + path_ + " cannot be written: " + std::strerror(n < 0 ? errno : ENOSPC);
}

}  // namespace tlswatch::sources
