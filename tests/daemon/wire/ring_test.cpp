// The ring: order, wrap-around, exact losses, restarts of the writer.
#include <gtest/gtest.h>

#include <vector>

#include "support/draft.h"
#include "support/ring_file.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

struct Got {
  std::vector<std::uint64_t> sequences;
  std::uint64_t lost = 0;
  bool corrupt = false;
  wire::RingCursor cursor;
};

/// Reads everything that is there, batch by batch.
Got read_all(RingFile& ring, wire::RingCursor cursor = {}, std::size_t limit = 4096) {
  Got got;
  got.cursor = cursor;
  while (true) {
    auto batch = wire::read_batch(reader_of(ring.mapping()), got.cursor, limit);
    EXPECT_TRUE(batch.ok());
    if (!batch.ok()) return got;
    const bool moved = batch->after.position != got.cursor.position || batch->lost != 0;
    for (const wire::Record& record : batch->records) got.sequences.push_back(record.sequence);
    got.lost += batch->lost;
    got.corrupt = got.corrupt || batch->corrupt;
    got.cursor = batch->after;
    if (!moved) return got;
  }
}

bool publish(RingFile& ring, std::size_t payload = 100) {
  Draft draft(wire::RecordType::log_line, 1);
  draft.text(wire::Section::payload, std::string(payload, 'x'));
  return ring.publish(draft);
}

TEST(Ring, gives_records_in_their_order) {
  TempDir dir;
  RingFile ring(dir / "ring");
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(publish(ring));
  const Got got = read_all(ring);
  EXPECT_EQ(got.sequences, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(got.lost, 0U);
}

TEST(Ring, wraps_around_with_records_of_all_sizes_and_loses_nothing_while_there_is_room) {
  TempDir dir;
  RingFile ring(dir / "ring");
  wire::RingCursor cursor;
  std::uint64_t expected = 1;
  for (std::size_t i = 0; i < 4000; ++i) {
    ASSERT_TRUE(publish(ring, i * 37 % 3000));
    if (i % 7 != 0) continue;
    const Got got = read_all(ring, cursor);
    for (const std::uint64_t sequence : got.sequences) EXPECT_EQ(sequence, expected++);
    EXPECT_EQ(got.lost, 0U);
    EXPECT_FALSE(got.corrupt);
    cursor = got.cursor;
    ring.writer().consumed(cursor);
  }
  EXPECT_GT(cursor.position, 10 * wire::kMinRingSize);
}

// 66 records of 992 bytes leave 64 at the end of a ring of 64 KiB; a batch of 32 KiB that begins behind the
// 33rd ends within that padding.
TEST(Ring, a_batch_may_end_within_the_padding) {
  TempDir dir;
  RingFile ring(dir / "ring");
  constexpr std::size_t kPayload = 992 - wire::kRecordHeaderSize - wire::kSectionHeaderSize;
  for (int i = 0; i < 66; ++i) ASSERT_TRUE(publish(ring, kPayload));
  auto batch = wire::read_batch(reader_of(ring.mapping()), {}, 1);
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->after.position, 33U * 992);
  ring.writer().consumed(batch->after);
  ASSERT_TRUE(publish(ring, kPayload));

  batch = wire::read_batch(reader_of(ring.mapping()), batch->after, 1);
  ASSERT_TRUE(batch.ok());
  EXPECT_FALSE(batch->corrupt);
  EXPECT_EQ(batch->records.size(), 33U);
  EXPECT_EQ(batch->after.position, 66U * 992);
  const Got got = read_all(ring, batch->after);
  EXPECT_EQ(got.sequences, (std::vector<std::uint64_t>{67}));
  EXPECT_EQ(got.lost, 0U);
}

TEST(Ring, counts_what_was_dropped_exactly_when_it_was_full_and_nothing_came_after) {
  TempDir dir;
  RingFile ring(dir / "ring");
  std::uint64_t dropped = 0;
  for (int i = 0; i < 1000; ++i) dropped += publish(ring, 1000) ? 0U : 1U;
  ASSERT_GT(dropped, 0U);
  const Got got = read_all(ring);
  EXPECT_EQ(got.lost, dropped);
  EXPECT_EQ(got.sequences.size() + got.lost, 1000U);
}

TEST(Ring, counts_a_loss_in_the_middle_and_goes_on_behind_it) {
  TempDir dir;
  RingFile ring(dir / "ring");
  while (publish(ring, 1000)) {
  }
  publish(ring, 1000);  // two are lost by now
  Got got = read_all(ring);
  EXPECT_EQ(got.lost, 2U);
  ring.writer().consumed(got.cursor);
  ASSERT_TRUE(publish(ring, 1000));
  const std::uint64_t last = got.sequences.back();
  got = read_all(ring, got.cursor);
  EXPECT_EQ(got.sequences, (std::vector<std::uint64_t>{last + 3}));
  EXPECT_EQ(got.lost, 0U) << "it was counted before";
}

TEST(Ring, a_loss_is_told_before_the_records_behind_it) {
  TempDir dir;
  RingFile ring(dir / "ring");
  ASSERT_TRUE(publish(ring));
  wire::RingCursor cursor{kEpoch, ring.header().head.load(), 2};
  ring.header().next_sequence = 5;  // three events that nobody could write
  ring.header().pending_sequence = 5;
  ring.restart_writer();
  ASSERT_TRUE(publish(ring));
  const auto batch = wire::read_batch(reader_of(ring.mapping()), cursor, 1 << 20);
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->records.size(), 1U);
  EXPECT_EQ(batch->records.front().sequence, 5U);
  EXPECT_EQ(batch->lost, 3U);
  EXPECT_EQ(batch->lost_from, 2U);
  EXPECT_EQ(batch->lost_to, 4U);
  EXPECT_TRUE(batch->lost_before);
}

TEST(Ring, goes_on_after_a_restart_of_the_writer) {
  TempDir dir;
  RingFile ring(dir / "ring");
  const std::uint64_t first_session = ring.writer().next_session();
  ASSERT_TRUE(publish(ring));
  ring.restart_writer();
  EXPECT_EQ(ring.writer().next_session(), first_session + 1);
  ASSERT_TRUE(publish(ring));
  const Got got = read_all(ring);
  EXPECT_EQ(got.sequences, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(got.lost, 0U);
}

TEST(Ring, an_event_that_was_being_written_when_the_broker_crashed_counts_as_lost) {
  TempDir dir;
  RingFile ring(dir / "ring");
  ASSERT_TRUE(publish(ring));
  // publish() sets pending_sequence, copies, and only then moves head.
  ring.header().pending_sequence.store(3);
  ring.restart_writer();
  ASSERT_TRUE(publish(ring));
  const Got got = read_all(ring);
  EXPECT_EQ(got.sequences, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(got.lost, 1U);
}

TEST(Ring, ignores_a_cursor_that_cannot_be_true) {
  TempDir dir;
  RingFile ring(dir / "ring");
  ASSERT_TRUE(publish(ring));
  const std::uint64_t tail = ring.header().tail.load();
  ring.writer().consumed({kEpoch + 1, 64, 2});
  ring.writer().consumed({kEpoch, 1 << 20, 2});
  EXPECT_EQ(ring.header().tail.load(), tail);
  EXPECT_EQ(read_all(ring, {kEpoch + 1, 64, 99}).sequences, (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(read_all(ring, {kEpoch, 3, 99}).sequences, (std::vector<std::uint64_t>{1})) << "not aligned";
}

TEST(RingFill, is_what_lies_behind_the_cursor) {
  TempDir dir;
  RingFile ring(dir / "ring");
  const auto fill = [&](const wire::RingCursor& cursor) {
    const auto out = wire::read_fill(reader_of(ring.mapping()), cursor);
    EXPECT_TRUE(out.ok());
    return out.ok() ? *out : wire::RingFill{};
  };
  EXPECT_EQ(fill({}).size, wire::kMinRingSize);
  EXPECT_EQ(fill({}).used, 0U);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(publish(ring));
  EXPECT_GT(fill({}).used, 500U);
  EXPECT_LT(fill({}).used, 1000U);
  const Got got = read_all(ring);
  EXPECT_EQ(fill(got.cursor).used, 0U);
  EXPECT_EQ(fill({kEpoch, got.cursor.position + 8, 1}).used, fill({}).used) << "a cursor that cannot be true";
  ring.header().magic[0] = 'x';
  EXPECT_FALSE(wire::read_fill(reader_of(ring.mapping()), {}).ok());
}

TEST(RingCursor, survives_its_file_and_a_torn_one_is_none) {
  const wire::RingCursor cursor{kEpoch, 4096, 77};
  auto bytes = wire::encode_cursor(cursor);
  const auto read = wire::decode_cursor(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->epoch, kEpoch);
  EXPECT_EQ(read->position, 4096U);
  EXPECT_EQ(read->next_sequence, 77U);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 1U;
    EXPECT_FALSE(wire::decode_cursor(bytes).has_value()) << "byte " << i;
    bytes[i] ^= 1U;
  }
  EXPECT_FALSE(wire::decode_cursor(wire::Bytes(bytes).first(47)).has_value());
}

}  // namespace
}  // namespace tlswatch::test
