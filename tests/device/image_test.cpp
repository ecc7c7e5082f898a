// The 128-byte image: whatever is not exactly what we wrote is recognised.
#include <gtest/gtest.h>

#include <cstring>
#include <ostream>
#include <random>

#include "tlswatch_crc32.h"
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

void seal(Image& image) {
  image.crc = image_checksum(image);
}

ImageEntry an_entry(std::int32_t code) {
  ImageEntry entry{};
  entry.code = code;
  entry.kind = image_kind({Stack::esp_tls, Phase::mqtt, code, -5});
  entry.time = 1'795'366'544;
  entry.count = 3;
  entry.heap = 570;
  return entry;
}

// Three errors from flash, three of this life.
Image a_full_image() {
  Image image{};
  image.life[0] = {0xABCDEF01, 1};
  image.life[1] = {0x12345678, 1};
  image.prior = 3;
  image.used = 6;
  for (int i = 0; i < 6; ++i) image.entries[i] = an_entry(i);
  seal(image);
  return image;
}

TEST(image, an_empty_and_a_full_one_are_good) {
  Image image{};
  seal(image);
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
  image_drop_oldest(older, 1);
  seal(older);
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
    {"as_many_entries_as_a_byte_holds", [](Image& i) { i.used = 255; }},
    {"more_prior_entries_than_entries", [](Image& i) { i.prior = 7; }},
    {"prior_entries_in_an_empty_image", [](Image& i) { i.used = 0; }},
};
class ForgedTest : public ::testing::TestWithParam<ForgedCase> {};
TEST_P(ForgedTest, is_foreign_in_spite_of_its_right_checksum) {
  Image image = a_full_image();
  GetParam().forge(image);
  seal(image);
  EXPECT_EQ(image_check(image), ImageState::foreign);
}
INSTANTIATE_TEST_SUITE_P(image, ForgedTest, ::testing::ValuesIn(kForged),
                         [](const auto& row) { return row.param.name; });

TEST(image, of_another_version_is_foreign) {
  Image image = a_full_image();
  image.crc = crc32(&image.boots, sizeof image - sizeof image.crc, kImageTag + 1);
  EXPECT_EQ(image_check(image), ImageState::foreign);
}

struct KindCase {
  const char* name;
  Failure in, out;
};
Failure with(std::int32_t detail) {
  return {Stack::esp_tls, Phase::mqtt, 1, detail};
}
const KindCase kKinds[] = {
    {"all_verify_flags", with(0xFFFFF), with(0xFFFFF)},
    {"the_largest_detail", with(kDetailMax), with(kDetailMax)},
    {"the_most_negative_detail", with(-kDetailMax), with(-kDetailMax)},
    {"what_mbedtls_says_without_a_verdict", with(-1), with(-1)},
    {"the_first_of_everything", {Stack::tasmota, Phase::dns, 0, 0}, {Stack::tasmota, Phase::dns, 0, 0}},
};
class KindTest : public ::testing::TestWithParam<KindCase> {};
TEST_P(KindTest, comes_back) {
  Image image{};
  image.used = 1;
  image.entries[0].code = GetParam().in.code;
  image.entries[0].kind = image_kind(GetParam().in);
  const Entry out = image_entry(image, 0);
  EXPECT_EQ(out.failure.stack, GetParam().out.stack);
  EXPECT_EQ(out.failure.phase, GetParam().out.phase);
  EXPECT_EQ(out.failure.code, GetParam().out.code);
  EXPECT_EQ(out.failure.detail, GetParam().out.detail);
}
INSTANTIATE_TEST_SUITE_P(image, KindTest, ::testing::ValuesIn(kKinds),
                         [](const auto& row) { return row.param.name; });

TEST(image, a_stack_without_a_name_is_read_as_one_that_has) {
  Image image{};
  image.used = 1;
  image.entries[0].kind = 7;
  EXPECT_EQ(image_entry(image, 0).failure.stack, Stack::tasmota);
}

TEST(image, what_is_dropped_leaves_the_numbers_of_the_others) {
  Image image = a_full_image();
  image_drop_oldest(image, 3);
  EXPECT_EQ(image_entry(image, 0).era, 0x12345678u);
  EXPECT_EQ(image_entry(image, 0).seq, 1u);
  image_drop_oldest(image, 2);
  EXPECT_EQ(image_entry(image, 0).seq, 3u);
  EXPECT_EQ(image_entry(image, 0).failure.code, 5);
}

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
