#include "daemon/core/text/utf8.h"

#include <gtest/gtest.h>

#include <codecvt>
#include <cstdint>
#include <locale>

namespace tlswatch::text {
namespace {

constexpr const char* kBad = "\xEF\xBF\xBD";

struct Case {
  const char* name;
  std::string in;
  std::string out;
};
const std::string kR = kBad;
// clang-format off
const Case kCases[] = {
    {"nothing", "", ""},
    {"ascii", "tasmota/4B2F10 ~", "tasmota/4B2F10 ~"},
    {"umlauts_stay", "K\xC3\xBC" "che", "K\xC3\xBC" "che"},
    {"emoji_stay", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
    {"newline_is_replaced", "a\nb", "a" + kR + "b"},
    {"nul_is_replaced", std::string("a\0b", 3), "a" + kR + "b"},
    {"tab_is_replaced", "a\tb", "a" + kR + "b"},
    {"escape_is_replaced", "\x1b[2J", kR + "[2J"},
    {"del_is_replaced", "\x7f", kR},
    {"c1_csi_is_replaced", "\xC2\x9B" "2J", kR + "2J"},
    {"a_lone_continuation_byte", "\x80x", kR + "x"},
    {"two_lone_continuation_bytes", "\x80\xBF", kR + kR},
    {"an_overlong_slash", "\xC0\xAF", kR + kR},
    {"an_overlong_of_three", "\xE0\x80\xAF", kR + kR + kR},
    {"a_surrogate", "\xED\xA0\x80", kR + kR + kR},
    {"above_the_last_code_point", "\xF4\x90\x80\x80", kR + kR + kR + kR},
    {"a_sequence_cut_by_the_end_is_one", "a\xF0\x9F\x98", "a" + kR},
    {"a_sequence_cut_by_ascii_is_one", "\xE2\x82" "a", kR + "a"},
    {"fe_and_ff", "\xFE\xFF", kR + kR},
    {"right_to_left_override", "a\xE2\x80\xAE" "b", "a" + kR + "b"},
    {"line_separator", "\xE2\x80\xA8", kR},
    {"zero_width_space", "\xE2\x80\x8B", kR},
    {"byte_order_mark", "\xEF\xBB\xBFx", kR + "x"},
    {"tag_character", "\xF3\xA0\x81\x81", kR},
    {"a_replacement_character_stays", kR, kR},
};
// clang-format on
class Utf8 : public testing::TestWithParam<Case> {};
TEST_P(Utf8, Becomes) {
  EXPECT_EQ(to_utf8(GetParam().in), GetParam().out);
  EXPECT_EQ(is_clean(GetParam().in), GetParam().in == GetParam().out);
  EXPECT_TRUE(is_clean(GetParam().out));
}
INSTANTIATE_TEST_SUITE_P(Text, Utf8, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Utf8Limit, ALongTextIsCutBetweenCharactersAndMarked) {
  EXPECT_EQ(to_utf8("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(to_utf8("abcdefghi", 8), "abcde\xE2\x80\xA6");
  EXPECT_EQ(to_utf8("\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC", 7), "\xC3\xBC\xC3\xBC\xE2\x80\xA6");
  EXPECT_EQ(to_utf8("abcd", 3), "\xE2\x80\xA6");
  EXPECT_EQ(to_utf8("abcd", 2), "");
  EXPECT_EQ(to_utf8("ab", 2), "ab");
  EXPECT_EQ(to_utf8("", 0), "");
}

TEST(Utf8Limit, ReplacementsCountAsWhatTheyBecome) {
  for (std::size_t limit = 0; limit < 40; ++limit) {
    const std::string out = to_utf8(std::string(20, '\x01'), limit);
    EXPECT_LE(out.size(), limit);
    EXPECT_TRUE(is_clean(out));
  }
}

TEST(Utf8Append, KeepsWhatIsThere) {
  std::string out = "x=";
  append_utf8(out, "abcdefghi", 8);
  EXPECT_EQ(out, "x=abcde\xE2\x80\xA6");
}

/// A second opinion on validity: the standard library's converter.
bool valid_by_std(const std::string& s) {
  std::wstring_convert<std::codecvt_utf8<char32_t>, char32_t> convert;
  try {
    const auto points = convert.from_bytes(s);
    if (convert.converted() != s.size()) return false;  // an incomplete end is no error to it
    for (const char32_t c : points) {
      if (c >= 0xD800 && c <= 0xDFFF) return false;
    }
  } catch (const std::range_error&) {
    return false;
  }
  return true;
}

TEST(Utf8Walk, EveryInputOfTwoBytes) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string in{static_cast<char>(a), static_cast<char>(b)};
      const std::string out = to_utf8(in);
      ASSERT_TRUE(valid_by_std(out)) << a << ' ' << b;
      ASSERT_TRUE(is_clean(out)) << a << ' ' << b;
      for (const char c : out) {
        ASSERT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F) << a << ' ' << b;
      }
      if (out == in) {
        ASSERT_TRUE(valid_by_std(in)) << a << ' ' << b;
      }
      if (valid_by_std(in) && a >= 0x20 && a != 0x7F && b >= 0x20 && b != 0x7F && a != 0xC2 &&
          in != "\xD8\x9C") {  // C1 and the soft hyphen, and the Arabic letter mark, steer
        ASSERT_EQ(out, in) << a << ' ' << b;
      }
    }
  }
}

TEST(Utf8Walk, EveryCodePointAloneIsKeptOrOneReplacement) {
  std::wstring_convert<std::codecvt_utf8<char32_t>, char32_t> convert;
  std::size_t replaced = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string in = convert.to_bytes(c);
    const std::string out = to_utf8(in);
    if (out == in) continue;
    ASSERT_EQ(out, kBad) << static_cast<unsigned>(c);
    ++replaced;
  }
  // C0 32, DEL and C1 33, soft hyphen, ALM, MVS, 200B-200F 5, 2028-202E 7, 2060-206F 16, FEFF, FFF9-B 3, tags
  // 128.
  EXPECT_EQ(replaced, 32U + 33 + 3 + 5 + 7 + 16 + 1 + 3 + 128);
}

}  // namespace
}  // namespace tlswatch::text
