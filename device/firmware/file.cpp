#include "file.h"

#include <stdint.h>

#include "simcall.h"

namespace tlswatch {
namespace firmware {

size_t read_file(const char* path, void* bytes, size_t n) {
  const int fd = lx106::sim_open(path, lx106::kOpenRead);
  if (fd < 0) return 0;
  size_t size = 0;
  int got = 1;
  while (got > 0 && size < n) {
    got = lx106::sim_read(fd, static_cast<uint8_t*>(bytes) + size, n - size);
    if (got > 0) size += static_cast<size_t>(got);
  }
  uint8_t more;
  const bool whole = got == 0 || (got > 0 && lx106::sim_read(fd, &more, 1) == 0);
  lx106::sim_close(fd);
  return whole ? size : 0;
}

bool write_file(const char* path, const void* bytes, size_t n) {
  const int fd = lx106::sim_open(path, lx106::kOpenNew);
  if (fd < 0) return false;
  const bool written = lx106::sim_write(fd, bytes, n) == static_cast<int>(n);
  lx106::sim_close(fd);
  return written;
}

}  // namespace firmware
}  // namespace tlswatch
