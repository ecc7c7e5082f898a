// The log's end as it is found on start, and times as they are written.
#include <gtest/gtest.h>

#include "daemon/log/event_file.h"
#include "daemon/log/log_tail.h"
#include "daemon/log/time_text.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

std::string line(const std::string& id, std::size_t padding = 0) {
  return R"({"event":{"id":")" + id + R"("},"message":")" + std::string(padding, 'x') + "\"}\n";
}

struct TornCase {
  const char* name;
  std::string before, after;
};
const TornCase kTorn[] = {
    {"an_empty_file", "", ""},
    {"whole_lines", "a\nb\n", "a\nb\n"},
    {"half_a_line", "a\nb", "a\n"},
    {"nothing_but_half_a_line", "abc", ""},
    {"a_long_half_line", "a\n" + std::string(600000, 'x'), "a\n"},
    {"a_hole_that_a_crash_left", "a\n" + std::string(100, '\0'), "a\n"},
};
class TornLines : public testing::TestWithParam<TornCase> {};
TEST_P(TornLines, are_dropped) {
  TempDir dir;
  write_file(dir / "e.json", GetParam().before);
  EXPECT_EQ(log::drop_torn_line(dir / "e.json"), GetParam().before.size() - GetParam().after.size());
  EXPECT_EQ(read_file(dir / "e.json"), GetParam().after);
}
INSTANTIATE_TEST_SUITE_P(Log, TornLines, testing::ValuesIn(kTorn),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TornLines, no_file_is_nothing_torn) {
  TempDir dir;
  EXPECT_EQ(log::drop_torn_line(dir / "e.json"), 0U);
}

TEST(LastLines, finds_each_broker_s_last_event_whatever_stands_behind_it) {
  TempDir dir;
  write_file(dir / "old.json", line("b:77:5.2") + line("a:77:1"));
  write_file(dir / "new.json",
             line("a:78:9") + line("a:78:10.3", 700000) + "no line of ours\n" + line("c:1:1"));
  const auto last = log::last_lines({dir / "new.json", dir / "none.json", dir / "old.json"}, {"a", "b"});
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last[0].stream, "a");
  EXPECT_EQ(last[0].epoch, 0x78U);
  EXPECT_EQ(last[0].sequence, 10U);
  EXPECT_EQ(last[0].part, 3U);
  EXPECT_EQ(last[1].stream, "b");
  EXPECT_EQ(last[1].sequence, 5U);
  EXPECT_EQ(last[1].part, 2U);
}

TEST(LastLines, are_found_at_every_place_in_the_chunks_they_are_read_in) {
  TempDir dir;
  for (std::size_t padding = 262144 - 120; padding < 262144 + 20; ++padding) {
    write_file(dir / "e.json", line("a:1:1") + line("a:1:7") + line("z:1:1", padding));
    const auto last = log::last_lines({dir / "e.json"}, {"a"});
    ASSERT_EQ(last.size(), 1U) << padding;
    ASSERT_EQ(last[0].sequence, 7U) << padding;
  }
}

TEST(EventFile, leaves_out_what_is_there_for_that_ring_only) {
  TempDir dir;
  log::EventFileSettings settings;
  settings.file = dir / "e.json";
  settings.streams = {"a", "b"};
  const auto batch_of = [](std::uint64_t epoch) {
    log::LineBatch batch;
    batch.add(line("a:1:1"), {"a", epoch, 1, 0});
    batch.add(line("a:1:1.1"), {"a", epoch, 1, 1});
    batch.add(line("a:1:2"), {"a", epoch, 2, 0});
    return batch;
  };
  write_file(settings.file, line("a:1:1"));
  log::EventFile file(settings);
  ASSERT_FALSE(file.open());
  ASSERT_FALSE(file.append(batch_of(1)));
  EXPECT_EQ(read_file(settings.file), line("a:1:1") + line("a:1:1.1") + line("a:1:2"));
  EXPECT_EQ(file.lines_skipped(), 1U);
  ASSERT_FALSE(file.append(batch_of(1)));
  EXPECT_EQ(file.lines_skipped(), 4U) << "all of it is there now";
  ASSERT_FALSE(file.append(batch_of(2)));
  EXPECT_EQ(file.lines_written(), 5U) << "a new ring begins anew";
}

TEST(EventFile, each_stream_of_a_mixed_batch_has_its_own_place) {
  TempDir dir;
  log::EventFileSettings settings;
  settings.file = dir / "e.json";
  settings.streams = {"a", "a/log"};
  log::LineBatch batch;
  batch.add(line("a:1:7"), {"a", 1, 7, 0});
  batch.add(line("a/log:9:2"), {"a/log", 9, 2, 0});
  batch.add(line("a:1:8"), {"a", 1, 8, 0});
  // A writer was killed behind the second line.
  write_file(settings.file, line("a:1:7") + line("a/log:9:2"));
  log::EventFile file(settings);
  ASSERT_FALSE(file.open());
  ASSERT_FALSE(file.append(batch));
  EXPECT_EQ(read_file(settings.file), line("a:1:7") + line("a/log:9:2") + line("a:1:8"));
}

TEST(EventFile, says_what_is_wrong_with_a_place_that_cannot_be_written) {
  log::EventFileSettings settings;
  settings.file = "/proc/nowhere/e.json";
  log::EventFile file(settings);
  const auto trouble = file.open();
  ASSERT_TRUE(trouble.has_value());
  EXPECT_FALSE(trouble->empty());
  EXPECT_TRUE(file.append({}).has_value()) << "it is not open";
}

TEST(TimeText, is_iso_8601_in_utc) {
  EXPECT_EQ(log::TimeText::from_ns(0).view(), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(log::TimeText::from_ns(1795366544123456789).view(), "2026-11-22T16:55:44.123456789Z");
  EXPECT_EQ(log::TimeText::from_seconds(951782400).view(), "2000-02-29T00:00:00Z");
  EXPECT_EQ(log::TimeText::from_ns(UINT64_MAX).view(), "2554-07-21T23:34:33.709551615Z");
  EXPECT_EQ(log::TimeText::from_seconds(INT64_MAX).view(), "9999-12-31T23:59:59Z");
  EXPECT_EQ(log::TimeText::from_seconds(-5).view(), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace tlswatch::test
