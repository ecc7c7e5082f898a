// A ring's file and its cursor's: what is waited for, said, and followed.
#include "daemon/sources/ring_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/ring_file.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

using sources::CursorFile;
using sources::RingSource;

void publish(RingFile& ring, std::uint64_t session) {
  Draft draft(wire::RecordType::session_start, session);
  draft.peer().local().role();
  ASSERT_TRUE(ring.publish(draft));
}

TEST(RingSource, waits_for_a_ring_with_one_sentence_and_says_when_it_is_there) {
  TempDir dir;
  RingSource source((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(source.start());
  EXPECT_FALSE(source.poll());
  const auto message = source.take_message();
  ASSERT_TRUE(message);
  EXPECT_NE(message->find("No such file or directory"), std::string::npos) << *message;
  EXPECT_FALSE(source.poll());
  EXPECT_FALSE(source.take_message()) << "said once";
  RingFile ring(dir / "ring");
  publish(ring, 1);
  EXPECT_TRUE(source.poll());
  EXPECT_EQ(source.take_message(), "following the ring " + (dir / "ring").string());
}

TEST(RingSource, says_in_one_sentence_that_versions_differ_and_goes_on_when_they_agree) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 1);
  ring.header().version = 99;
  RingSource source((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(source.start());
  EXPECT_FALSE(source.poll());
  const auto message = source.take_message();
  ASSERT_TRUE(message);
  EXPECT_NE(message->find("another version of the plugin"), std::string::npos) << *message;
  ring.header().version = wire::kRingVersion;
  EXPECT_TRUE(source.poll());
}

TEST(RingSource, neither_follows_a_symbolic_link_nor_reads_what_is_no_file) {
  TempDir dir;
  RingFile ring(dir / "real");
  publish(ring, 1);
  std::filesystem::create_symlink(dir / "real", dir / "ring");
  RingSource link((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(link.start());
  EXPECT_FALSE(link.poll());
  RingSource folder(dir.path().string(), (dir / "cursor2").string());
  ASSERT_FALSE(folder.start());
  EXPECT_FALSE(folder.poll());
  EXPECT_NE(folder.take_message()->find("no ordinary file"), std::string::npos);
}

TEST(RingSource, a_ring_that_is_truncated_underneath_costs_a_sentence) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 1);
  RingSource source((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(source.start());
  ASSERT_TRUE(source.poll());
  std::filesystem::resize_file(dir / "ring", 100);
  EXPECT_FALSE(source.poll());
  source.take_message();
  EXPECT_FALSE(source.poll());
}

TEST(RingSource, gives_old_records_once_more_as_old_and_then_the_new_ones) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 1);
  publish(ring, 2);
  {
    RingSource source((dir / "ring").string(), (dir / "cursor").string());
    ASSERT_FALSE(source.start());
    const auto taken = source.poll();
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->new_from, 0U);
    ASSERT_FALSE(source.commit(taken->batch.after));
  }
  publish(ring, 3);
  RingSource source((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(source.start());
  const auto taken = source.poll();
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->batch.records.size(), 3U);
  EXPECT_EQ(taken->new_from, 3U);
}

TEST(RingSource, damage_among_the_old_records_does_not_cost_the_new_ones) {
  TempDir dir;
  RingFile ring(dir / "ring");
  for (std::uint64_t i = 1; i <= 4; ++i) publish(ring, i);
  {
    RingSource source((dir / "ring").string(), (dir / "cursor").string());
    ASSERT_FALSE(source.start());
    ASSERT_FALSE(source.commit(source.poll()->batch.after));
  }
  ring.mapping()[wire::kRingHeaderSize + 64] = 1;  // the second record's size
  publish(ring, 5);
  RingSource source((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(source.start());
  std::vector<std::uint64_t> fresh;
  std::uint64_t lost = 0;
  std::uint64_t lost_before = 0;
  while (const auto taken = source.poll()) {
    (taken->batch.lost_to < taken->new_from ? lost_before : lost) += taken->batch.lost;
    for (const wire::Record& record : taken->batch.records) {
      if (record.sequence >= taken->new_from) fresh.push_back(record.session);
    }
  }
  EXPECT_EQ(fresh, std::vector<std::uint64_t>{5});
  EXPECT_EQ(lost, 0U);
  EXPECT_EQ(lost_before, 3U) << "what they said of their sessions is gone, and that is told";
}

TEST(RingSource, does_not_believe_a_sequence_that_the_plugin_has_not_reached) {
  TempDir dir;
  RingFile ring(dir / "ring");
  publish(ring, 1);
  publish(ring, 2);
  ring.mapping()[wire::kRingHeaderSize + 64 + 8 + 6] = 0x7F;  // the second record's sequence
  RingSource source((dir / "ring").string(), (dir / "cursor").string());
  ASSERT_FALSE(source.start());
  std::uint64_t lost = 0;
  std::vector<std::uint64_t> sessions;
  const auto drain = [&] {
    while (const auto taken = source.poll()) {
      lost += taken->batch.lost;
      for (const wire::Record& record : taken->batch.records) sessions.push_back(record.session);
    }
  };
  drain();
  publish(ring, 3);
  drain();
  EXPECT_EQ(sessions, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(lost, 1U);
}

TEST(CursorFile, is_readable_for_the_plugin_and_not_followed_through_a_link) {
  TempDir dir;
  CursorFile cursor((dir / "cursor").string());
  const mode_t before = ::umask(0077);  // a service's umask must not take the broker's right to read
  ASSERT_FALSE(cursor.open());
  ::umask(before);
  struct stat facts {};
  ASSERT_EQ(::stat((dir / "cursor").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0644U);
  EXPECT_FALSE(cursor.read()) << "a new one holds nothing";
  ASSERT_FALSE(cursor.write({kEpoch, 64, 2}));
  EXPECT_EQ(cursor.read()->position, 64U);
  std::filesystem::create_symlink(dir / "elsewhere", dir / "link");
  CursorFile link((dir / "link").string());
  EXPECT_TRUE(link.open().has_value());
  EXPECT_FALSE(std::filesystem::exists(dir / "elsewhere"));
}

TEST(CursorFile, is_made_again_where_somebody_removed_it) {
  TempDir dir;
  CursorFile cursor((dir / "cursor").string());
  ASSERT_FALSE(cursor.open());
  std::filesystem::remove(dir / "cursor");
  ASSERT_FALSE(cursor.write({kEpoch, 128, 3}));
  CursorFile reader((dir / "cursor").string());
  EXPECT_TRUE(reader.open().has_value()) << "and locked again";
  EXPECT_EQ(std::filesystem::file_size(dir / "cursor"), wire::kCursorFileSize);
}

}  // namespace
}  // namespace tlswatch::test
