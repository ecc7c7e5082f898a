#include "daemon/sources/position_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "plugin/wire/crc32.h"

namespace tlswatch::sources {
namespace {

/// " 0123abcd\n" behind the text.
constexpr std::size_t kSumSize = 10;

std::string with_checksum(const std::string& text) {
  char sum[kSumSize + 1];
  const std::uint32_t crc =
      wire::crc32(wire::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  std::snprintf(sum, sizeof sum, " %08" PRIx32 "\n", crc);
  return text + sum;
}

std::string system_error(const std::string& path) {
  return "the log cursor " + path + " cannot be written: " + std::strerror(errno);
}

}  // namespace

std::optional<std::string> PositionFile::read() const {
  const int fd = ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  char bytes[kMaxPosition + kSumSize];
  const ssize_t n = ::read(fd, bytes, sizeof bytes);
  ::close(fd);
  if (n < static_cast<ssize_t>(kSumSize)) return std::nullopt;
  const std::string whole(bytes, static_cast<std::size_t>(n));
  std::string text = whole.substr(0, whole.size() - kSumSize);
  // What is read must be just what would be written: that checks form and checksum at once.
  if (with_checksum(text) != whole) return std::nullopt;
  return text;
}

std::optional<std::string> PositionFile::write(const std::string& text) const {
  const std::string whole = with_checksum(text);
  const std::string beside = path_ + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return system_error(beside);
  const ssize_t n = ::write(fd, whole.data(), whole.size());
  const int error = n < 0 ? errno : ENOSPC;
  ::close(fd);
  if (n != static_cast<ssize_t>(whole.size())) {
    errno = error;
    return system_error(beside);
  }
  if (::rename(beside.c_str(), path_.c_str()) != 0) return system_error(path_);
  return std::nullopt;
}

}  // namespace tlswatch::sources
