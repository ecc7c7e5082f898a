#include "ring_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace tlswatch::test {

RingFile::RingFile(const std::filesystem::path& path, std::uint64_t size, std::uint64_t epoch) {
  std::filesystem::remove(path);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  const std::size_t total = wire::kRingHeaderSize + size;
  if (fd < 0 || ::ftruncate(fd, static_cast<off_t>(total)) != 0) throw std::runtime_error("no ring file");
  void* at = ::mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (at == MAP_FAILED) throw std::runtime_error("no mapping");
  mapping_ = {static_cast<std::uint8_t*>(at), total};
  wire::RingWriter::format(mapping_, epoch);
  restart_writer();
}

RingFile::~RingFile() {
  ::munmap(mapping_.data(), mapping_.size());
}

wire::ReadAt reader_of(std::span<const std::uint8_t> bytes) {
  return [bytes](std::uint64_t offset, std::span<std::uint8_t> out) {
    if (offset > bytes.size() || out.size() > bytes.size() - offset) return false;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return true;
  };
}

}  // namespace tlswatch::test
