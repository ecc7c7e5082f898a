// A ring that is not what it says: the reader survives, and says so.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "support/draft.h"
#include "support/ring_file.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

void publish(RingFile& ring, int n) {
  for (int i = 0; i < n; ++i) {
    Draft draft(wire::RecordType::session_start, 1);
    draft.peer().local().role();
    ASSERT_TRUE(ring.publish(draft));
  }
}

struct HeaderCase {
  const char* name;
  void (*damage)(RingFile&);
  wire::RingError error;
};
const HeaderCase kHeaders[] = {
    {"no_magic", [](RingFile& r) { r.header().magic[0] = 'x'; }, wire::RingError::not_a_ring},
    {"another_version", [](RingFile& r) { r.header().version = 2; }, wire::RingError::wrong_version},
    {"another_header_size", [](RingFile& r) { r.header().header_size = 8192; }, wire::RingError::bad_header},
    {"a_size_below_the_least", [](RingFile& r) { r.header().size = 4096; }, wire::RingError::bad_header},
    {"a_size_above_the_most", [](RingFile& r) { r.header().size = wire::kMaxRingSize + 4096; },
     wire::RingError::bad_header},
    {"a_size_that_is_not_whole_pages", [](RingFile& r) { r.header().size += 8; },
     wire::RingError::bad_header},
    {"a_tail_past_the_head", [](RingFile& r) { r.header().tail = 1 << 20; }, wire::RingError::bad_header},
    {"a_head_a_ring_past_the_tail", [](RingFile& r) { r.header().head = 1 << 20; },
     wire::RingError::bad_header},
    {"a_sequence_of_zero", [](RingFile& r) { r.header().next_sequence = 0; }, wire::RingError::bad_header},
    {"a_size_larger_than_the_file",
     [](RingFile& r) {
       r.header().size = 1 << 20;
       r.header().head = r.header().tail = (1 << 20) - 64;
       r.header().head += 64;
     },
     wire::RingError::unreadable},
};

class RingHeaders : public testing::TestWithParam<HeaderCase> {};
TEST_P(RingHeaders, are_refused_with_a_sentence) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 1);
  GetParam().damage(ring);
  const auto batch = wire::read_batch(reader_of(ring.mapping()), {}, 4096);
  ASSERT_FALSE(batch.ok());
  EXPECT_EQ(batch.error(), GetParam().error);
  EXPECT_GT(wire::describe(batch.error()).size(), 20U);
}
INSTANTIATE_TEST_SUITE_P(Wire, RingHeaders, testing::ValuesIn(kHeaders),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RingDamage, costs_the_events_behind_it_up_to_the_head_and_they_are_counted) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 5);
  std::memset(ring.mapping().data() + wire::kRingHeaderSize + 128, 0xFF, 4);  // the third record's size
  const auto batch = wire::read_batch(reader_of(ring.mapping()), {}, 1 << 20);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->records.size(), 2U);
  EXPECT_TRUE(batch->corrupt);
  EXPECT_EQ(batch->lost, 3U);
  publish(ring, 1);
  const auto next = wire::read_batch(reader_of(ring.mapping()), batch->after, 1 << 20);
  ASSERT_TRUE(next.ok());
  ASSERT_EQ(next->records.size(), 1U);
  EXPECT_EQ(next->records.front().sequence, 6U);
}

TEST(RingDamage, a_sequence_that_the_header_has_not_reached_is_no_record_s) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 3);
  ring.mapping()[wire::kRingHeaderSize + 64 + 8 + 6] = 0x7F;  // the second record's sequence
  const auto batch = wire::read_batch(reader_of(ring.mapping()), {}, 1 << 20);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->records.size(), 1U);
  EXPECT_TRUE(batch->corrupt);
  EXPECT_EQ(batch->lost, 2U);
  publish(ring, 1);
  const auto next = wire::read_batch(reader_of(ring.mapping()), batch->after, 1 << 20);
  ASSERT_EQ(next->records.size(), 1U);
  EXPECT_EQ(next->records.front().sequence, 4U);
}

TEST(RingDamage, a_record_of_an_event_that_is_being_published_is_believed) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 2);
  ring.header().next_sequence = 2;  // head has moved, next_sequence comes after it
  const auto batch = wire::read_batch(reader_of(ring.mapping()), {}, 1 << 20);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->records.size(), 2U);
  EXPECT_FALSE(batch->corrupt);
}

TEST(RingDamage, of_any_single_byte_neither_crashes_nor_loops_nor_makes_up_events) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 20);
  const std::vector<std::uint8_t> good(ring.mapping().begin(), ring.mapping().end());
  for (std::size_t at = 0; at < wire::kRingHeaderSize + 20 * 64; ++at) {
    if (at == 200) at = wire::kRingHeaderSize;  // the rest of the header page is not read
    std::vector<std::uint8_t> bytes = good;
    bytes[at] ^= 0xA5;
    wire::RingCursor cursor;
    std::size_t records = 0;
    for (int turn = 0; turn < 50; ++turn) {
      const auto batch = wire::read_batch(reader_of(bytes), cursor, 4096);
      if (!batch.ok()) break;
      records += batch->records.size();
      if (batch->after.position == cursor.position && batch->lost == 0) break;
      cursor = batch->after;
    }
    EXPECT_LE(records, 20U) << "byte " << at;
  }
}

TEST(RingDamage, random_bytes_are_no_ring) {
  std::mt19937_64 random(4711);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::uint8_t> bytes(wire::kRingHeaderSize + wire::kMinRingSize);
    for (std::size_t at = 0; at < bytes.size(); at += 64) bytes[at] = static_cast<std::uint8_t>(random());
    EXPECT_FALSE(wire::read_batch(reader_of(bytes), {}, 4096).ok());
  }
}

}  // namespace
}  // namespace tlswatch::test
