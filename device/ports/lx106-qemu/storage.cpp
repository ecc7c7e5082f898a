#include "storage.h"

#include "simcall.h"

namespace tlswatch {
namespace lx106 {
namespace {

int rtc_fd = -1;
int flash_fd = -1;

bool load(int fd, uint32_t offset, void* bytes, size_t n) {
  if (fd < 0 || !sim_seek(fd, offset)) return false;
  uint8_t* to = static_cast<uint8_t*>(bytes);
  while (n != 0) {
    const int got = sim_read(fd, to, n);
    if (got <= 0) return false;
    to += got;
    n -= static_cast<size_t>(got);
  }
  return true;
}

bool save(int fd, uint32_t offset, const void* bytes, size_t n) {
  return fd >= 0 && sim_seek(fd, offset) && sim_write(fd, bytes, n) == static_cast<int>(n);
}

}  // namespace

bool open_rtc() {
  rtc_fd = sim_open("rtc.bin", kOpenReadWrite);
  return rtc_fd >= 0;
}

bool open_flash() {
  flash_fd = sim_open("flash.bin", kOpenReadWrite);
  return flash_fd >= 0;
}

bool rtc_load(uint32_t block, void* bytes, size_t n) {
  return load(rtc_fd, block * kRtcBlockBytes, bytes, n);
}

bool rtc_save(uint32_t block, const void* bytes, size_t n) {
  const uint8_t* from = static_cast<const uint8_t*>(bytes);
  for (size_t done = 0; done < n; done += kRtcBlockBytes) {
    if (!save(rtc_fd, block * kRtcBlockBytes + done, from + done, kRtcBlockBytes)) return false;
  }
  return true;
}

bool flash_load(uint32_t offset, void* bytes, size_t n) {
  return load(flash_fd, offset, bytes, n);
}

bool flash_save(uint32_t offset, const void* bytes, size_t n) {
  return save(flash_fd, offset, bytes, n);
}

}  // namespace lx106
}  // namespace tlswatch
