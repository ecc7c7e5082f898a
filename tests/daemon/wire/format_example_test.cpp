// FORMAT.md's worked example, read out of the page itself.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "plugin/wire/record_reader.h"
#include "support/draft.h"
#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

/// The hex bytes of the code block behind "## Worked example": pairs of hex digits up to two spaces.
std::vector<std::uint8_t> example_bytes() {
  const std::string page = read_file(TLSWATCH_FORMAT_PAGE);
  std::size_t at = page.find("## Worked example");
  at = page.find("```\n", at) + 4;
  std::istringstream block(page.substr(at, page.find("```", at) - at));
  std::vector<std::uint8_t> out;
  for (std::string line; std::getline(block, line);) {
    std::istringstream pairs(line.substr(0, line.find("  ")));
    for (std::string pair; pairs >> pair;)
      out.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
  }
  return out;
}

TEST(FormatExample, is_what_the_writer_writes) {
  Draft draft(wire::RecordType::session_start, 7, 1795366544000000000);
  draft.peer(41022).local(8883).role();
  draft.record(23);  // fills in the sequence
  const auto written = draft.finish();
  EXPECT_EQ(std::vector<std::uint8_t>(written.begin(), written.end()), example_bytes());
}

TEST(FormatExample, is_read_as_the_page_says) {
  const std::vector<std::uint8_t> bytes = example_bytes();
  const auto record = wire::read_record(bytes);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->type, wire::RecordType::session_start);
  EXPECT_EQ(record->sequence, 23U);
  EXPECT_EQ(record->time_unix_ns, 1795366544000000000U);
  EXPECT_EQ(record->session, 7U);
}

}  // namespace
}  // namespace tlswatch::test
