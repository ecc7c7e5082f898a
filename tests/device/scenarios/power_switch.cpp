// Cuts a program's power while it writes to one file: a library for LD_PRELOAD. It stands before write,
// pwrite and pwrite64; when the bytes that have gone to the file would exceed the budget, as many as fit are
// written, and the process is ended by SIGKILL.
//
//   TLSWATCH_POWER_FILE    the file; it exists before the first write to it
//   TLSWATCH_POWER_BYTES   the budget
//   TLSWATCH_POWER_MARK    a file that is made when the power is cut
//
// Where a cut falls is so the same in every run, and no handler of the program's sees it.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>

namespace {

// Next definition of the symbol, behind this library.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

struct Switch {
  const char* file = std::getenv("TLSWATCH_POWER_FILE");
  const char* bytes = std::getenv("TLSWATCH_POWER_BYTES");
  const char* mark = std::getenv("TLSWATCH_POWER_MARK");
  size_t left = bytes != nullptr ? std::strtoull(bytes, nullptr, 10) : 0;
};

bool is_the_file(int fd, const char* file) {
  struct stat named {};
  struct stat open {};
  return file != nullptr && stat(file, &named) == 0 && fstat(fd, &open) == 0 && named.st_dev == open.st_dev &&
         named.st_ino == open.st_ino;
}

// Writes by `write_n(n)`, which writes the first n bytes.
template <typename WriteN>
ssize_t guarded(int fd, size_t n, WriteN write_n) {
  static Switch power;
  if (!is_the_file(fd, power.file)) return write_n(n);
  if (n > power.left) {
    if (power.left != 0) write_n(power.left);
    if (power.mark != nullptr) close(open(power.mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    raise(SIGKILL);
  }
  power.left -= n;
  return write_n(n);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t n) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  return guarded(fd, n, [=](size_t some) { return real(fd, bytes, some); });
}

ssize_t pwrite(int fd, const void* bytes, size_t n, off_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return guarded(fd, n, [=](size_t some) { return real(fd, bytes, some, at); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t n, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return guarded(fd, n, [=](size_t some) { return real(fd, bytes, some, at); });
}

}  // extern "C"
