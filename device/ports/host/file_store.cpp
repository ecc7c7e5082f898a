#include "file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tlswatch::device::host {

FileStore::~FileStore() {
  if (fd_ >= 0) ::close(fd_);
}

std::string FileStore::open(const std::string& path) {
  // O_NONBLOCK: a FIFO given by mistake must not block the open.
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
  if (fd_ < 0) return std::strerror(errno);
  struct stat status {};
  if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) return {};
  ::close(fd_);
  fd_ = -1;
  return "not a regular file";
}

bool FileStore::load(std::size_t offset, void* bytes, std::size_t n) const {
  return fd_ >= 0 && ::pread(fd_, bytes, n, static_cast<off_t>(offset)) == static_cast<ssize_t>(n);
}

bool FileStore::save(std::size_t offset, const void* bytes, std::size_t n) const {
  return fd_ >= 0 && ::pwrite(fd_, bytes, n, static_cast<off_t>(offset)) == static_cast<ssize_t>(n);
}

}  // namespace tlswatch::device::host
