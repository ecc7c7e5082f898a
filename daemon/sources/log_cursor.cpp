#include "daemon/sources/log_cursor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "plugin/wire/crc32.h"

namespace tlswatch::sources {
namespace {

constexpr std::size_t kMaxFile = 256;

std::string body_of(const LogPosition& p) {
  char text[kMaxFile];
  const int n =
      std::snprintf(text, sizeof text, "tlswlog 1 %" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %08" PRIx32,
                    p.epoch, p.device, p.inode, p.offset, p.tail_crc);
  return {text, static_cast<std::size_t>(n)};
}

std::string with_checksum(const std::string& body) {
  char sum[16];
  const std::uint32_t crc =
      wire::crc32(wire::Bytes(reinterpret_cast<const std::uint8_t*>(body.data()), body.size()));
  std::snprintf(sum, sizeof sum, " %08" PRIx32 "\n", crc);
  return body + sum;
}

std::string system_error(const std::string& path) {
  return "the log cursor " + path + " cannot be written: " + std::strerror(errno);
}

}  // namespace

std::optional<LogPosition> LogCursor::read() const {
  const int fd = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  char text[kMaxFile + 1] = {};
  const ssize_t n = ::read(fd, text, kMaxFile);
  ::close(fd);
  if (n <= 0) return std::nullopt;
  LogPosition p;
  const int fields = std::sscanf(text, "tlswlog 1 %" SCNx64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNx32,
                                 &p.epoch, &p.device, &p.inode, &p.offset, &p.tail_crc);
  // What is read must be just what would be written: that checks form and checksum at once.
  const std::string whole(text, static_cast<std::size_t>(n));
  if (fields != 5 || with_checksum(body_of(p)) != whole) return std::nullopt;
  return p;
}

std::optional<std::string> LogCursor::write(const LogPosition& position) const {
  const std::string text = with_checksum(body_of(position));
  const std::string beside = path_ + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return system_error(beside);
  const ssize_t n = ::write(fd, text.data(), text.size());
  const int error = n < 0 ? errno : ENOSPC;
  ::close(fd);
  if (n != static_cast<ssize_t>(text.size())) {
    errno = error;
    return system_error(beside);
  }
  if (::rename(beside.c_str(), path_.c_str()) != 0) return system_error(path_);
  return std::nullopt;
}

}  // namespace tlswatch::sources
