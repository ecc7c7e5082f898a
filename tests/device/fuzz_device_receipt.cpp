// The receipt: any bytes in both directions, in any portions, with reports and resets in between.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tlswatch_receipt.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Receipt receipt;
  bool expected = false;
  std::size_t sent = 0;      // since the report
  std::size_t received = 0;  // since then, too
  // Each step is a byte, what to do in its lowest two bits and how many bytes in the others, and those bytes.
  while (size != 0) {
    const unsigned step = *data++;
    --size;
    const std::size_t n = std::min<std::size_t>(step >> 2, size);
    switch (step & 3) {
      case 0:
        receipt.sent(data, n);
        sent += n;
        break;
      case 1:
        receipt.received(data, n);
        received += n;
        break;
      case 2:
        receipt.expect();
        expected = true;
        sent = received = 0;
        break;
      case 3:
        receipt.reset();
        expected = false;
        break;
    }
    if ((step & 3) < 2) {
      data += n;
      size -= n;
    }
    // A question and its answer take two bytes each; the end of one of them may be all that came since.
    const bool arrived = receipt.arrived();
    if (arrived && (!expected || sent == 0 || received == 0)) std::abort();
    if (arrived) expected = false;
    if (receipt.arrived()) std::abort();
  }
  return 0;
}
