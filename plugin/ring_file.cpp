#include "ring_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "plugin/wire/ring.h"
#include "plugin/wire/ring_writer.h"

namespace tlswatch::plugin {
namespace {

__attribute__((format(printf, 3, 4))) bool fail(char* error, std::size_t size, const char* format,
                                                ...) noexcept {
  va_list args;
  va_start(args, format);
  std::vsnprintf(error, size, format, args);
  va_end(args);
  return false;
}

const char* remedy(int error) noexcept {
  switch (error) {
    case ENOENT: return "make its folder, writable for the broker's user";
    case EACCES:
    case EPERM: return "make its folder writable for the broker's user";
    case EROFS: return "choose a folder on a writable file system";
    case ELOOP: return "it is a symbolic link, which is never followed: remove it";
    case ENOSPC:
    case EDQUOT: return "free space or make plugin_opt_ring_size smaller";
    default: return "see plugin_opt_ring";
  }
}

std::uint64_t unix_time_ns() noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

/// A file that holds nothing but zeros in its first page was being made when its maker died.
bool is_blank(std::span<const std::uint8_t> page) noexcept {
  return std::all_of(page.begin(), page.end(), [](std::uint8_t b) { return b == 0; });
}

}  // namespace

bool RingFile::open(const char* path, std::uint64_t size, char* error, std::size_t error_size) noexcept {
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  bool created = true;
  int fd = ::open(path, kFlags | O_CREAT | O_EXCL, 0640);
  if (fd < 0 && errno == EEXIST) {
    created = false;
    fd = ::open(path, kFlags);
  }
  if (fd < 0) {
    const int reason = errno;
    return fail(error, error_size, "cannot be opened (%s): %s", std::strerror(reason), remedy(reason));
  }
  if (!prepare(fd, size, created, error, error_size)) {
    if (created) ::unlink(path);
    ::close(fd);
    mapping_ = {};
    return false;
  }
  fd_ = fd;
  return true;
}

bool RingFile::prepare(int fd, std::uint64_t size, bool created, char* error,
                       std::size_t error_size) noexcept {
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(error, error_size, "is in use by another broker: give each its own plugin_opt_ring");
  }
  struct stat st {};
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
    return fail(error, error_size, "is not a regular file: remove it");
  if (st.st_uid != geteuid())
    return fail(error, error_size, "belongs to another user than the broker's: remove it");

  const auto whole = static_cast<off_t>(wire::kRingHeaderSize + size);
  if (!created && st.st_size != 0 && st.st_size != whole) {
    return fail(error, error_size,
                "has room for %lld bytes but plugin_opt_ring_size says %lld: remove it or mend the option",
                static_cast<long long>(st.st_size) - static_cast<long long>(wire::kRingHeaderSize),
                static_cast<long long>(size));
  }
  // Also for a file that has its size already: a hole in it would be a SIGBUS in the broker on a full disk.
  if (const int reason = posix_fallocate(fd, 0, whole); reason != 0) {
    return fail(error, error_size, "cannot get its %lld bytes (%s): %s", static_cast<long long>(whole),
                std::strerror(reason), remedy(reason));
  }
  if (fchmod(fd, 0640) != 0)
    return fail(error, error_size, "cannot be given mode 0640 (%s)", std::strerror(errno));

  // Populated: the first round through the ring would otherwise cost the broker a page fault every few
  // records.
  void* const memory = mmap(nullptr, static_cast<std::size_t>(whole), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_POPULATE, fd, 0);
  if (memory == MAP_FAILED) return fail(error, error_size, "cannot be mapped (%s)", std::strerror(errno));
  mapping_ = {static_cast<std::uint8_t*>(memory), static_cast<std::size_t>(whole)};
  device_ = st.st_dev;
  inode_ = st.st_ino;

  if (is_blank(mapping_.first(wire::kRingHeaderSize))) wire::RingWriter::format(mapping_, unix_time_ns());
  if (const char* reason = wire::RingWriter::check(mapping_); reason != nullptr) {
    munmap(mapping_.data(), mapping_.size());
    return fail(error, error_size, "%s: remove it", reason);
  }
  return true;
}

bool RingFile::still_at(const char* path) const noexcept {
  struct stat st {};
  return lstat(path, &st) == 0 && st.st_dev == device_ && st.st_ino == inode_;
}

void RingFile::close() noexcept {
  if (fd_ < 0) return;
  munmap(mapping_.data(), mapping_.size());
  ::close(fd_);
  mapping_ = {};
  fd_ = -1;
}

}  // namespace tlswatch::plugin
