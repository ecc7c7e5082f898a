#include "daemon/tlswatch/table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/lists.h"
#include "daemon/tlswatch/wrap.h"

namespace tlswatch::cli {
namespace {

const std::vector<Column> kColumnsOfTest{
    {.head = "NAME", .least = 6}, {.head = "N", .number = true}, {.head = "MORE"}};

TEST(Table, ColumnsAreAsWideAsWhatStandsInThem) {
  EXPECT_EQ(table_text(kColumnsOfTest, {{{"灯"}, {"7"}, {"x"}}, {{"long name"}, {"10"}, {""}}}, {}),
            "NAME        N  MORE\n"
            "灯          7  x\n"
            "long name  10  -\n");
}

TEST(Table, ANarrowScreenShortensAndThenLeavesOut) {
  const std::vector<std::vector<Cell>> rows{{{"a long name"}, {"7"}, {"more"}}};
  EXPECT_EQ(table_text(kColumnsOfTest, rows, {.columns = 18}), "NAME       N  MORE\na long n…  7  more\n");
  EXPECT_EQ(table_text(kColumnsOfTest, rows, {.columns = 10}), "NAME     N\na long…  7\n");
}

TEST(Table, NoLineIsWiderThanTheScreenWhateverTheRows) {
  std::vector<std::vector<Cell>> rows;
  for (std::size_t i = 0; i < 40; ++i)
    rows.push_back({{std::string(i, 'x') + "灯"}, {std::to_string(i)}, {"m"}});
  for (std::size_t columns = 10; columns < 60; ++columns) {
    std::string text = table_text(kColumnsOfTest, rows, {.columns = columns});
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
      EXPECT_LE(columns_of(text.substr(0, end)), columns) << text.substr(0, end);
    }
  }
}

TEST(Table, ColourStandsAroundTheTextAndChangesNoWidth) {
  const Screen screen{.colour = true};
  EXPECT_EQ(table_text({{.head = "A"}, {.head = "B"}}, {{{"x", Style::bad}, {"y"}}}, screen),
            "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[31mx\x1b[0m  y\n");
}

TEST(Devices, HostileIdsSteerNothing) {
  store::DeviceRow row;
  row.outside_id = "\x1b[2J\nDEVICE  \xE2\x80\xAE";
  row.outside_firmware =
      "\x9b"
      "31m";
  std::string text = devices_table({row}, 1, {});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  std::erase(text, '\n');
  EXPECT_TRUE(text::is_clean(text)) << text;
}

TEST(Trend, TheLatestHourIsTheLastCharacter) {
  constexpr std::uint64_t kHour = 3'600'000'000'000;
  EXPECT_EQ(trend({{10 * kHour, 8}, {12 * kHour, 1}}, 12 * kHour + 5, 4), "·█·▁");
  EXPECT_EQ(trend({{1 * kHour, 8}}, 12 * kHour, 4), "····");
}

TEST(Wrapped, LinesContinueUnderTheirText) {
  std::string out;
  append_wrapped(out, "  head  ", "one two three", {.columns = 16});
  EXPECT_EQ(out, "  head  one two\n        three\n");
}

}  // namespace
}  // namespace tlswatch::cli
