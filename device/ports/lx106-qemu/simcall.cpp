#include "simcall.h"

namespace tlswatch {
namespace lx106 {
namespace {

enum Call { kExit = 1, kRead = 3, kWrite = 4, kOpen = 5, kClose = 6, kSeek = 19, kSelectOne = 29 };
enum Select { kForReading = 1, kForWriting = 2 };

constexpr uint32_t kOwnerOnly = 0600;
constexpr uint32_t kPage = 4096;
constexpr int kInterrupted = 4;  // EINTR

struct Answer {
  int32_t value;
  int32_t error;  // of value -1; else it may be an older one
};

Answer simcall(Call call, uint32_t first, uint32_t second, uint32_t third) {
  register uint32_t a2 asm("a2") = static_cast<uint32_t>(call);
  register uint32_t a3 asm("a3") = first;
  register uint32_t a4 asm("a4") = second;
  register uint32_t a5 asm("a5") = third;
  asm volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
  return Answer{static_cast<int32_t>(a2), static_cast<int32_t>(a3)};
}

uint32_t address(const void* bytes) {
  return reinterpret_cast<uint32_t>(bytes);
}

bool wait_for(Select what, int fd, uint32_t timeout_ms) {
  const uint32_t time[2] = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
  for (;;) {
    const Answer answer = simcall(kSelectOne, static_cast<uint32_t>(fd), what, address(time));
    if (answer.value == -1 && answer.error == kInterrupted) continue;
    return answer.value != 0;
  }
}

}  // namespace

int sim_open(const char* path, int flags) {
  return simcall(kOpen, address(path), static_cast<uint32_t>(flags), kOwnerOnly).value;
}

void sim_close(int fd) {
  simcall(kClose, static_cast<uint32_t>(fd), 0, 0);
}

int sim_read(int fd, void* bytes, size_t n) {
  const size_t page_left = kPage - address(bytes) % kPage;
  const uint32_t size = n < page_left ? n : page_left;
  for (;;) {
    const Answer answer = simcall(kRead, static_cast<uint32_t>(fd), address(bytes), size);
    if (answer.value != -1 || answer.error != kInterrupted) return answer.value;
  }
}

int sim_write(int fd, const void* bytes, size_t n) {
  for (;;) {
    const Answer answer = simcall(kWrite, static_cast<uint32_t>(fd), address(bytes), n);
    if (answer.value != -1 || answer.error != kInterrupted) return answer.value;
  }
}

bool sim_seek(int fd, uint32_t offset) {
  return simcall(kSeek, static_cast<uint32_t>(fd), offset, 0).value != -1;
}

bool sim_wait_readable(int fd, uint32_t timeout_ms) {
  return wait_for(kForReading, fd, timeout_ms);
}

bool sim_wait_writable(int fd, uint32_t timeout_ms) {
  return wait_for(kForWriting, fd, timeout_ms);
}

void sim_exit(int status) {
  for (;;) simcall(kExit, static_cast<uint32_t>(status), 0, 0);
}

}  // namespace lx106
}  // namespace tlswatch
