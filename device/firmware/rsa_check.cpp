// rsa_public on the emulated core, where its inner loop is in assembly: computes what rsa_cases.bin asks for,
// one case after the other, and writes rsa_answers.bin.
//
//   case    three 16-bit little-endian lengths, then so many bytes: n, e, x; each at most 512
//   answer  a byte, what rsa_public returned, then x: as many bytes as it had
//
// Exit status: 0 all cases were computed, 2 a file is missing or not of this form.
#include <stddef.h>
#include <stdint.h>

#include "simcall.h"
#include "tlswatch_rsa_public.h"

namespace tlswatch {
namespace firmware {
namespace {

constexpr size_t kNumberMax = 512;
enum Exit { kComputed = 0, kBadCases = 2 };

// A pipe or a page's end may give fewer bytes at a time.
bool read_all(int fd, uint8_t* bytes, size_t n) {
  while (n != 0) {
    const int got = lx106::sim_read(fd, bytes, n);
    if (got <= 0) return false;
    bytes += got;
    n -= static_cast<size_t>(got);
  }
  return true;
}

struct Case {
  uint8_t n[kNumberMax];
  uint8_t e[kNumberMax];
  uint8_t answer[1 + kNumberMax];  // x behind what was returned
};

int check() {
  const int in = lx106::sim_open("rsa_cases.bin", lx106::kOpenRead);
  const int out = lx106::sim_open("rsa_answers.bin", lx106::kOpenNew);
  if (in < 0 || out < 0) return kBadCases;
  static Case numbers;
  uint8_t lengths[6];
  while (read_all(in, lengths, sizeof lengths)) {
    const size_t n = static_cast<size_t>(lengths[0] | lengths[1] << 8);
    const size_t e = static_cast<size_t>(lengths[2] | lengths[3] << 8);
    const size_t x = static_cast<size_t>(lengths[4] | lengths[5] << 8);
    if (n > kNumberMax || e > kNumberMax || x > kNumberMax) return kBadCases;
    if (!read_all(in, numbers.n, n) || !read_all(in, numbers.e, e)) return kBadCases;
    if (!read_all(in, numbers.answer + 1, x)) return kBadCases;
    const br_rsa_public_key key = {numbers.n, n, numbers.e, e};
    numbers.answer[0] = static_cast<uint8_t>(device::rsa_public(numbers.answer + 1, x, &key));
    if (lx106::sim_write(out, numbers.answer, 1 + x) != static_cast<int>(1 + x)) return kBadCases;
  }
  return kComputed;
}

}  // namespace
}  // namespace firmware
}  // namespace tlswatch

extern "C" int main() {
  return tlswatch::firmware::check();
}
