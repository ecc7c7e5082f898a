// The recorder's memory: 128 bytes that survive a reset.
//
// 128 because that is what stays free in the ESP8266's RTC user memory under Tasmota (blocks 64 to 95). The
// same image goes to flash. It is written by one device and read back by the same device, so fields are in
// its own byte order.
//
//   offset  size  field
//        0     4  CRC-32 of the other 124 bytes, continued from kImageTag: it vouches for the version, too
//        4     4  boots
//        8     4  when flash was last written: Unix seconds, kFlashNever, or kFlashUndated
//       12     8  life[0], of the `prior` oldest entries: they came back from flash after a power loss
//       20     8  life[1], of the others. A life is an era (4) and the number of its oldest entry (4)
//       28     1  entries in use, 0..6
//       29     1  how many of them are prior
//       30     1  images rejected so far, until 255
//       31     1  1 while a repetition of the newest error may join its entry
//       32    96  the entries, oldest first, 16 bytes each: code (4), time (4), kind (4), count (2, stays at
//                 65535), heap (2, in units of 16 bytes, stays at 65535)
//
//   time  Unix seconds from kUnixTimeMin on; below it 1 + seconds of uptime; 0 is unknown
//   kind  bits 0-2 stack, 8-9 phase, 10-31 detail (signed)
//
// Entries leave at the old end only, so within a life numbers have no gap here and need no place of their
// own. Whoever collects reports sees a gap where entries were pushed out before they were reported.
#ifndef TLSWATCH_IMAGE_H
#define TLSWATCH_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_crc32.h"
#include "tlswatch_report.h"

namespace tlswatch {
namespace device {

/// The layout's version. Small, as the core holds larger constants in memory.
constexpr uint32_t kImageTag = 2;
constexpr size_t kImageBytes = 128;
constexpr uint32_t kHeapUnit = 16;

/// Smaller numbers are no Unix time but an uptime: no clock that is set says 2004.
constexpr uint32_t kUnixTimeMin = uint32_t{1} << 30;
constexpr uint32_t kFlashNever = 0;
constexpr uint32_t kFlashUndated = 0xFFFFFFFF;  ///< written while the clock was not set

/// What names a run of entries for ever.
struct ImageLife {
  uint32_t era;
  uint32_t first_seq;
};

struct ImageEntry {
  int32_t code;
  uint32_t time;
  uint32_t kind;
  uint16_t count;
  uint16_t heap;
};

struct Image {
  uint32_t crc;
  uint32_t boots;
  uint32_t flash_written;
  ImageLife life[2];
  uint8_t used;
  uint8_t prior;
  uint8_t rejected;
  uint8_t row_open;
  ImageEntry entries[kReportEntriesMax];
};
static_assert(sizeof(Image) == kImageBytes, "the ESP8266 under Tasmota leaves 128 bytes of RTC memory free");

/// What a stored image turned out to be.
enum class ImageState : uint8_t {
  good,
  blank,    ///< begins with four bytes 0x00 or 0xFF: never written, nothing lost
  foreign,  ///< anything else that is not ours: random power-on contents, corruption, another version
};

/// The checksum that belongs into image.crc.
inline uint32_t image_checksum(const Image& image) {
  return crc32(&image.boots, sizeof image - sizeof image.crc, kImageTag);
}

/// Judges the bytes just read from storage. Trusts nothing: the checksum first, and then, as a checksum
/// proves no intention, the two counts by which later code would index. Other fields are harmless at any
/// value.
inline ImageState image_check(const Image& image) {
  const bool good =
      image.crc == image_checksum(image) && image.used <= kReportEntriesMax && image.prior <= image.used;
  if (good) return ImageState::good;
  return image.crc + 1 <= 1 ? ImageState::blank : ImageState::foreign;
}

/// Removes the n oldest entries: n <= used, and n <= prior where prior is not 0.
void image_drop_oldest(Image& image, size_t n);

/// Whether a stored time is one since 1970.
inline bool image_time_is_unix(uint32_t time) {
  return time >> 30 != 0;
}

/// Stack, phase and detail as one number. Bits of a detail beyond kDetailMax are lost.
inline uint32_t image_kind(const Failure& failure) {
  return static_cast<uint32_t>(failure.detail) << 10 | static_cast<uint32_t>(failure.stack) |
         static_cast<uint32_t>(failure.phase) << 8;
}
inline uint32_t image_kind_stack(uint32_t kind) {
  return kind & 7;
}
inline uint32_t image_kind_phase(uint32_t kind) {
  return (kind >> 8) & 3;
}
inline int32_t image_kind_detail(uint32_t kind) {
  return static_cast<int32_t>(kind) >> 10;  // arithmetic on every compiler that builds for these chips
}

/// One error, as a local display or a test wants to read it.
struct Entry {
  Failure failure;  ///< a stack that has no name becomes tasmota
  uint32_t era;
  uint32_t seq;
  uint32_t time;  ///< as stored
  bool prior;
  uint16_t count;
  uint32_t heap;  ///< bytes, rounded down to kHeapUnit
};

/// Reads entry i. Needs i < image.used of a good image.
Entry image_entry(const Image& image, size_t i);

}  // namespace device
}  // namespace tlswatch

#endif
