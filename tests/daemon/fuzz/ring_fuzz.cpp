// Any bytes as a ring file: the reader ends, and never makes more of a ring than fits into it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "plugin/wire/ring_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tlswatch::wire::ReadAt read = [=](std::uint64_t offset, std::span<std::uint8_t> out) {
    // Behind the input lies a file of zeroes, so that short inputs reach the records too.
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = offset + i < size ? data[offset + i] : 0;
    return offset + out.size() <= tlswatch::wire::kRingHeaderSize + tlswatch::wire::kMinRingSize;
  };
  tlswatch::wire::RingCursor cursor;
  for (int turn = 0; turn < 64; ++turn) {
    const auto batch = tlswatch::wire::read_batch(read, cursor, 4096);
    if (!batch) return 0;
    std::size_t bytes = 0;
    for (const auto& record : batch->records)
      bytes += tlswatch::wire::kRecordHeaderSize + record.sections.size();
    if (bytes > batch->bytes.size()) std::abort();
    if (batch->after.epoch == cursor.epoch && batch->after.position < cursor.position) std::abort();
    if (batch->after.position == cursor.position && batch->lost == 0) return 0;
    cursor = batch->after;
  }
  return 0;
}
