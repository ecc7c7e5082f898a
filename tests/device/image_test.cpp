// The 128-byte image: whatever is not exactly what we wrote is recognised.
#include <gtest/gtest.h>

#include <cstring>
#include <ostream>
#include <random>

#include "tlswatch_image.h"

namespace tlswatch::device {
namespace {

// A row prints as its name.
template <typename Case>
requires requires(const Case& row) {
  row.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

Entry an_entry(std::int32_t code) {
  Entry entry{};
  entry.failure = {Stack::esp_tls, Phase::mqtt, code, -5};
  entry.time = 1'795'366'544;
  entry.count = 3;
  entry.heap = 9120;
  return entry;
}

Image a_full_image() {
  Image image;
  image_reset(image, 0xABCDEF01);
  for (int i = 0; i < 3; ++i) image_append(image, an_entry(i));
  image_start_era(image, 0x12345678);
  for (int i = 3; i < 6; ++i) image_append(image, an_entry(i));
  image_seal(image);
  return image;
}

TEST(image, an_empty_and_a_full_one_are_good) {
  Image image;
  image_reset(image, 1);
  image_seal(image);
  EXPECT_EQ(image_check(image), ImageState::good);
  EXPECT_EQ(image_check(a_full_image()), ImageState::good);
}

TEST(image, every_single_bit_flip_is_recognised) {
  for (std::size_t bit = 0; bit < kImageBytes * 8; ++bit) {
    Image image = a_full_image();
    reinterpret_cast<unsigned char*>(&image)[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_EQ(image_check(image), ImageState::foreign) << "bit " << bit;
  }
}

TEST(image, every_torn_write_over_an_older_image_is_recognised) {
  Image older = a_full_image();
  image_append(older, an_entry(77));
  image_seal(older);
  const Image newer = a_full_image();
  for (std::size_t written = 4; written < kImageBytes; written += 4) {
    Image torn = older;
    std::memcpy(&torn, &newer, written);
    const bool whole =
        std::memcmp(&torn, &newer, sizeof torn) == 0 || std::memcmp(&torn, &older, sizeof torn) == 0;
    EXPECT_EQ(image_check(torn), whole ? ImageState::good : ImageState::foreign)
        << written << " bytes written";
  }
}

TEST(image, random_bytes_are_foreign) {
  std::mt19937 random(20261123);
  for (int round = 0; round < 10000; ++round) {
    Image image;
    for (std::size_t i = 0; i < sizeof image; ++i) {
      reinterpret_cast<unsigned char*>(&image)[i] = static_cast<unsigned char>(random());
    }
    EXPECT_EQ(image_check(image), ImageState::foreign);
  }
}

TEST(image, memory_never_written_is_blank) {
  Image image;
  std::memset(&image, 0x00, sizeof image);
  EXPECT_EQ(image_check(image), ImageState::blank);
  std::memset(&image, 0xFF, sizeof image);
  EXPECT_EQ(image_check(image), ImageState::blank);
}

struct ForgedCase {
  const char* name;
  void (*forge)(Image&);
};
const ForgedCase kForged[] = {
    {"more_entries_than_places", [](Image& i) { i.used = 7; }},
    {"another_magic", [](Image& i) { i.magic = 0x5755; }},
    {"another_version", [](Image& i) { i.version = 2; }},
    {"a_stack_without_a_name", [](Image& i) { i.packed[0] = (i.packed[0] & ~(7u << 21)) | (6u << 21); }},
    {"a_time_of_no_kind", [](Image& i) { i.packed[5] |= 3u << 26; }},
    {"bits_that_mean_nothing", [](Image& i) { i.packed[2] |= 1u << 29; }},
    {"a_prior_entry_after_a_current_one", [](Image& i) { i.packed[5] |= 1u << 28; }},
};
class ForgedTest : public ::testing::TestWithParam<ForgedCase> {};
TEST_P(ForgedTest, is_foreign_in_spite_of_its_right_checksum) {
  Image image = a_full_image();
  GetParam().forge(image);
  image_seal(image);
  EXPECT_EQ(image_check(image), ImageState::foreign);
}
INSTANTIATE_TEST_SUITE_P(image, ForgedTest, ::testing::ValuesIn(kForged),
                         [](const auto& row) { return row.param.name; });

struct KeptCase {
  const char* name;
  Entry in, out;
};
Entry with(std::int32_t code, std::int32_t detail, std::uint32_t heap) {
  Entry entry = an_entry(code);
  entry.failure.detail = detail;
  entry.heap = heap;
  return entry;
}
const KeptCase kKept[] = {
    {"the_smallest_code", with(INT32_MIN, 0, 16), with(INT32_MIN, 0, 16)},
    {"an_openssl_code", with(0x0A000412, 0, 16), with(0x0A000412, 0, 16)},
    {"all_verify_flags", with(1, 0xFFFFF, 16), with(1, 0xFFFFF, 16)},
    {"the_most_negative_detail", with(1, -kDetailMax, 16), with(1, -kDetailMax, 16)},
    {"a_detail_too_large_is_clamped", with(1, INT32_MAX, 16), with(1, kDetailMax, 16)},
    {"a_detail_too_small_is_clamped", with(1, INT32_MIN, 16), with(1, -kDetailMax, 16)},
    {"heap_is_rounded_down", with(1, 0, 9135), with(1, 0, 9120)},
    {"heap_stops_at_a_megabyte", with(1, 0, UINT32_MAX), with(1, 0, 1048560)},
};
class KeptTest : public ::testing::TestWithParam<KeptCase> {};
TEST_P(KeptTest, comes_back) {
  Image image;
  image_reset(image, 9);
  image_append(image, GetParam().in);
  const Entry out = image_entry(image, 0);
  EXPECT_EQ(out.failure.stack, GetParam().out.failure.stack);
  EXPECT_EQ(out.failure.phase, GetParam().out.failure.phase);
  EXPECT_EQ(out.failure.code, GetParam().out.failure.code);
  EXPECT_EQ(out.failure.detail, GetParam().out.failure.detail);
  EXPECT_EQ(out.heap, GetParam().out.heap);
  EXPECT_EQ(out.count, GetParam().out.count);
  EXPECT_EQ(out.time, GetParam().out.time);
}
INSTANTIATE_TEST_SUITE_P(image, KeptTest, ::testing::ValuesIn(kKept),
                         [](const auto& row) { return row.param.name; });

TEST(image, sequence_numbers_follow_from_the_place_in_each_era) {
  const Image image = a_full_image();
  const std::uint32_t eras[] = {0xABCDEF01, 0xABCDEF01, 0xABCDEF01, 0x12345678, 0x12345678, 0x12345678};
  const std::uint32_t seqs[] = {1, 2, 3, 1, 2, 3};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(image_entry(image, i).era, eras[i]) << i;
    EXPECT_EQ(image_entry(image, i).seq, seqs[i]) << i;
  }
}

}  // namespace
}  // namespace tlswatch::device
