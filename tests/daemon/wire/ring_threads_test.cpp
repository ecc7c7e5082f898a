// One thread writes while another reads: what broker and daemon do, where ThreadSanitizer can see it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "support/draft.h"
#include "support/ring_file.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

constexpr std::uint64_t kEvents = 20000;

/// The reader reads the file while it is written, as pread does between two processes; the words that order
/// the two are atomic, so the copy goes word by word.
bool copy_out(std::span<std::uint8_t> mapping, std::uint64_t offset, std::span<std::uint8_t> out) {
  if (offset > mapping.size() || out.size() > mapping.size() - offset) return false;
  EXPECT_EQ(offset % 8 + out.size() % 8, 0U);
  for (std::size_t i = 0; i < out.size(); i += 8) {
    auto& word = *reinterpret_cast<std::uint64_t*>(mapping.data() + offset + i);
    const std::uint64_t copy = std::atomic_ref<std::uint64_t>(word).load(std::memory_order_acquire);
    std::memcpy(out.data() + i, &copy, 8);
  }
  return true;
}

TEST(RingThreads, every_event_is_read_or_counted_as_lost) {
  TempDir dir;
  RingFile ring(dir / "ring");
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> consumed = 0;
  std::atomic<std::uint64_t> consumed_next = 1;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kEvents; ++i) {
      Draft draft(wire::RecordType::log_line, 1);
      draft.text(wire::Section::payload, std::string(i % 500, 'x'));
      ring.writer().consumed({kEpoch, consumed.load(), consumed_next.load()});
      ring.publish(draft);
    }
    done = true;
  });
  wire::RingCursor cursor;
  std::uint64_t seen = 0;
  std::uint64_t expected = 1;
  const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> out) {
    return copy_out(ring.mapping(), offset, out);
  };
  while (true) {
    const bool last = done.load();
    const auto batch = wire::read_batch(read, cursor, 4096);
    ASSERT_TRUE(batch.ok());
    ASSERT_FALSE(batch->corrupt);
    if (batch->lost != 0 && batch->lost_before) expected += batch->lost;
    for (const wire::Record& record : batch->records) ASSERT_EQ(record.sequence, expected++);
    if (batch->lost != 0 && !batch->lost_before) expected += batch->lost;
    seen += batch->records.size() + batch->lost;
    const bool moved = batch->after.position != cursor.position || batch->lost != 0;
    cursor = batch->after;
    consumed_next = cursor.next_sequence;
    consumed = cursor.position;
    if (last && !moved) break;
  }
  writer.join();
  EXPECT_EQ(seen, kEvents);
}

}  // namespace
}  // namespace tlswatch::test
