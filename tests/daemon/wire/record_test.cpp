// Records: what the writer writes and the reader believes.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "plugin/wire/record_reader.h"
#include "plugin/wire/record_writer.h"

namespace tlswatch::wire {
namespace {

std::vector<std::uint8_t> header(std::uint32_t size, std::size_t bytes) {
  std::vector<std::uint8_t> out(bytes, 0);
  for (std::size_t i = 0; i < 4 && i < bytes; ++i) out[i] = static_cast<std::uint8_t>(size >> (8 * i));
  return out;
}

struct RejectCase {
  const char* name;
  std::vector<std::uint8_t> bytes;
  RecordError error;
};

const RejectCase kRejects[] = {
    {"nothing_at_all", {}, RecordError::truncated},
    {"half_a_header", header(32, 16), RecordError::truncated},
    {"a_size_below_the_header", header(24, 64), RecordError::bad_size},
    {"a_size_that_is_no_multiple_of_eight", header(36, 64), RecordError::bad_size},
    {"a_size_above_the_limit", header(kMaxRecordSize + 8, 64), RecordError::bad_size},
    {"fewer_bytes_than_the_size", header(64, 40), RecordError::truncated},
};

class RecordRejects : public testing::TestWithParam<RejectCase> {};
TEST_P(RecordRejects, with_the_reason) {
  const auto record = read_record(GetParam().bytes);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error(), GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(Wire, RecordRejects, testing::ValuesIn(kRejects),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Record, a_section_past_the_end_makes_the_record_bad) {
  auto bytes = header(40, 40);
  bytes[32] = 22;   // tag
  bytes[34] = 200;  // length
  const auto record = read_record(bytes);
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error(), RecordError::bad_section);
}

TEST(Record, what_is_cut_is_marked_and_what_is_whole_is_not) {
  std::array<std::uint8_t, 256> buffer{};
  RecordWriter writer(buffer, RecordType::log_line, 1, 2);
  writer.begin(Section::client_id).text("0123456789", 4).begin(Section::topic).text("whole");
  const auto record = read_record(writer.finish());
  ASSERT_TRUE(record.ok());
  Sections walk(record->sections);
  const auto cut = walk.next();
  const auto whole = walk.next();
  ASSERT_TRUE(cut && whole);
  EXPECT_EQ(as_text(cut->content), "0123");
  EXPECT_TRUE(cut->truncated);
  EXPECT_EQ(as_text(whole->content), "whole");
  EXPECT_FALSE(whole->truncated);
  EXPECT_FALSE(walk.next());
  EXPECT_TRUE(walk.ok());
}

TEST(Record, the_writer_never_leaves_its_buffer_whatever_the_buffer_s_size) {
  const std::string text(300, 'x');
  for (std::size_t size = kRecordHeaderSize + kRecordAlignment; size < 200; ++size) {
    std::vector<std::uint8_t> buffer(size + 8, 0xEE);
    RecordWriter writer(std::span<std::uint8_t>(buffer).first(size), RecordType::device_report, 1, 2);
    writer.begin(Section::topic)
        .text(text)
        .begin(Section::tcp)
        .u64(~0ULL)
        .u64(~0ULL)
        .begin(Section::payload)
        .text(text);
    const auto bytes = writer.finish();
    EXPECT_LE(bytes.size(), size);
    EXPECT_TRUE(read_record(bytes).ok()) << "buffer of " << size;
    EXPECT_EQ(std::vector<std::uint8_t>(buffer.end() - 8, buffer.end()), std::vector<std::uint8_t>(8, 0xEE));
  }
}

}  // namespace
}  // namespace tlswatch::wire
