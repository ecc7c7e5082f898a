#include "daemon/tlswatchd/own_use.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace tlswatch::tlswatchd {
namespace {

double seconds(const timeval& time) noexcept {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

OwnUse own_use() {
  OwnUse out;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) out.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  std::ifstream statm("/proc/self/statm");  // proc(5): size, then resident, in pages
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  if (statm >> size >> resident)
    out.memory_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return out;
}

}  // namespace tlswatch::tlswatchd
