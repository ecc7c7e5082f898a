#include "tlswatch_image.h"

#include <string.h>

#include "tlswatch_crc32.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kDetailBits = 21;
constexpr uint32_t kDetailMask = (1u << kDetailBits) - 1;
constexpr uint32_t kStackShift = 21;
constexpr uint32_t kPhaseShift = 24;
constexpr uint32_t kTimeShift = 26;
constexpr uint32_t kPriorBit = 1u << 28;
constexpr uint32_t kUnusedBits = ~((1u << 29) - 1);
constexpr size_t kCrcOffset = 4;
constexpr size_t kAfterCrc = 8;

uint32_t checksum(const Image& image) {
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(&image);
  const uint32_t head = crc32(bytes, kCrcOffset);
  return crc32(bytes + kAfterCrc, sizeof image - kAfterCrc, head);
}

bool all_bytes_are(const Image& image, uint8_t value) {
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(&image);
  for (size_t i = 0; i < sizeof image; ++i) {
    if (bytes[i] != value) return false;
  }
  return true;
}

uint32_t packed_field(uint32_t packed, uint32_t shift, uint32_t mask) {
  return (packed >> shift) & mask;
}

int32_t unpack_detail(uint32_t packed) {
  const int32_t bits = static_cast<int32_t>(packed & kDetailMask);
  return bits > kDetailMax ? bits - static_cast<int32_t>(1u << kDetailBits) : bits;
}

int32_t clamp_detail(int32_t detail) {
  if (detail > kDetailMax) return kDetailMax;
  return detail < -kDetailMax ? -kDetailMax : detail;
}

uint16_t heap_units(uint32_t bytes) {
  const uint32_t units = bytes / kHeapUnit;
  return units > 0xFFFF ? uint16_t{0xFFFF} : static_cast<uint16_t>(units);
}

bool plausible(uint32_t packed) {
  return packed_field(packed, kStackShift, 7) < kStackCount &&
         packed_field(packed, kTimeShift, 3) <= static_cast<uint32_t>(TimeKind::unknown) &&
         (packed & kUnusedBits) == 0;
}

void count_pushed_out(Image& image, size_t n) {
  for (; n != 0 && image.pushed_out != 0xFFFF; --n) ++image.pushed_out;
}

}  // namespace

void image_reset(Image& image, uint32_t era) {
  memset(&image, 0, sizeof image);
  image.magic = kImageMagic;
  image.version = kImageVersion;
  image.era = era;
  image.next_seq = 1;
}

void image_seal(Image& image) {
  image.crc = checksum(image);
}

ImageState image_check(const Image& image) {
  if (all_bytes_are(image, 0x00) || all_bytes_are(image, 0xFF)) return ImageState::blank;
  if (image.magic != kImageMagic || image.version != kImageVersion) return ImageState::foreign;
  if (image.crc != checksum(image)) return ImageState::foreign;
  // A checksum proves no intention: an image with a right one may still be another firmware's, or made by
  // hand.
  if (image.used > kReportEntriesMax) return ImageState::foreign;
  for (size_t i = 0; i < image.used; ++i) {
    if (!plausible(image.packed[i])) return ImageState::foreign;
    const bool prior_after_current =
        i > 0 && (image.packed[i] & kPriorBit) && !(image.packed[i - 1] & kPriorBit);
    if (prior_after_current) return ImageState::foreign;
  }
  return ImageState::good;
}

Entry image_entry(const Image& image, size_t i) {
  const uint32_t packed = image.packed[i];
  const uint32_t prior_count = static_cast<uint32_t>(image_prior_count(image));
  const uint32_t index = static_cast<uint32_t>(i);
  Entry entry;
  entry.failure.stack = static_cast<Stack>(packed_field(packed, kStackShift, 7));
  entry.failure.phase = static_cast<Phase>(packed_field(packed, kPhaseShift, 3));
  entry.failure.code = image.code[i];
  entry.failure.detail = unpack_detail(packed);
  entry.prior = (packed & kPriorBit) != 0;
  entry.era = entry.prior ? image.prior_era : image.era;
  entry.seq =
      entry.prior ? image.prior_next_seq - (prior_count - index) : image.next_seq - (image.used - index);
  entry.time = image.time[i];
  entry.time_kind = static_cast<TimeKind>(packed_field(packed, kTimeShift, 3));
  entry.count = image.count[i];
  entry.heap = image.heap[i] * kHeapUnit;
  return entry;
}

void image_set_entry(Image& image, size_t i, const Entry& entry) {
  image.code[i] = entry.failure.code;
  image.time[i] = entry.time;
  image.packed[i] = (static_cast<uint32_t>(clamp_detail(entry.failure.detail)) & kDetailMask) |
                    (static_cast<uint32_t>(entry.failure.stack) << kStackShift) |
                    (static_cast<uint32_t>(entry.failure.phase) << kPhaseShift) |
                    (static_cast<uint32_t>(entry.time_kind) << kTimeShift) | (entry.prior ? kPriorBit : 0u);
  image.count[i] = entry.count;
  image.heap[i] = heap_units(entry.heap);
}

bool image_append(Image& image, const Entry& entry) {
  const bool full = image.used >= kReportEntriesMax;
  if (full) {
    image_drop_oldest(image, 1);
    count_pushed_out(image, 1);
  }
  Entry fresh = entry;
  fresh.prior = false;
  image_set_entry(image, image.used, fresh);
  ++image.used;
  ++image.next_seq;
  return full;
}

void image_drop_oldest(Image& image, size_t n) {
  if (n > image.used) n = image.used;
  const size_t keep = image.used - n;
  for (size_t i = 0; i < kReportEntriesMax; ++i) {
    const bool kept = i < keep;
    image.code[i] = kept ? image.code[i + n] : 0;
    image.time[i] = kept ? image.time[i + n] : 0;
    image.packed[i] = kept ? image.packed[i + n] : 0;
    image.count[i] = kept ? image.count[i + n] : uint16_t{0};
    image.heap[i] = kept ? image.heap[i + n] : uint16_t{0};
  }
  image.used = static_cast<uint8_t>(keep);
}

size_t image_prior_count(const Image& image) {
  size_t n = 0;
  while (n < image.used && (image.packed[n] & kPriorBit)) ++n;
  return n;
}

void image_start_era(Image& image, uint32_t era) {
  const size_t outlived = image_prior_count(image);
  image_drop_oldest(image, outlived);
  count_pushed_out(image, outlived);
  for (size_t i = 0; i < image.used; ++i) image.packed[i] |= kPriorBit;
  image.prior_era = image.era;
  image.prior_next_seq = image.next_seq;
  image.era = era;
  image.next_seq = 1;
}

}  // namespace device
}  // namespace tlswatch
