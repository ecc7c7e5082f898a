// The recorder's memory: 128 bytes that survive a reset.
//
// 128 because that is what stays free in the ESP8266's RTC user memory under Tasmota (blocks 64 to 95). The
// same image goes to flash. It is written by one device and read back by the same device, so fields are in
// its own byte order; an image from anywhere else fails the magic or the checksum.
//
//   offset  size  field
//        0     2  magic 0x5754 ("TW")
//        2     1  version 1
//        3     1  entries in use, 0..6
//        4     4  CRC-32 of the other 124 bytes (0..3, then 8..127)
//        8     4  era of the entries without the `prior` mark
//       12     4  era of the entries with it: they came back from flash after a power loss
//       16     4  boots
//       20     4  the next sequence number in era, from 1
//       24     4  the next sequence number in the prior era
//       28     1  images rejected so far, stays at 255
//       29     1  1 while a repetition of the newest error may join its entry
//       30     2  errors pushed out by newer ones before they were reported, stays at 65535
//       32    24  code[6]
//       56    24  time[6]: Unix seconds, or seconds of uptime; see TimeKind
//       80    24  packed[6]: bits 0-20 detail (signed), 21-23 stack, 24-25 phase, 26-27 TimeKind, 28 prior
//      104    12  count[6], stays at 65535
//      116    12  heap[6] in units of 16 bytes, stays at 65535
//
// Entries are ordered oldest first, prior ones first of all; unused ones are zero. Sequence numbers within an
// era have no gaps (entries leave at the old end only), so they need no place of their own.
#ifndef TLSWATCH_IMAGE_H
#define TLSWATCH_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_report.h"

namespace tlswatch {
namespace device {

constexpr uint16_t kImageMagic = 0x5754;
constexpr uint8_t kImageVersion = 1;
constexpr size_t kImageBytes = 128;
constexpr uint32_t kHeapUnit = 16;

/// What an entry's time means.
enum class TimeKind : uint8_t {
  unix_time,  ///< seconds since 1970: the clock was set
  uptime,     ///< seconds since this boot: the clock was not set
  unknown,    ///< it was uptime, of an earlier boot
};

/// One error as it is remembered.
struct Entry {
  Failure failure;
  uint32_t era;
  uint32_t seq;
  uint32_t time;
  TimeKind time_kind;
  bool prior;
  uint16_t count;
  uint32_t heap;  ///< bytes, rounded down to kHeapUnit
};

struct Image {
  uint16_t magic;
  uint8_t version;
  uint8_t used;
  uint32_t crc;
  uint32_t era;
  uint32_t prior_era;
  uint32_t boots;
  uint32_t next_seq;
  uint32_t prior_next_seq;
  uint8_t rejected;
  uint8_t row_open;
  uint16_t pushed_out;
  int32_t code[kReportEntriesMax];
  uint32_t time[kReportEntriesMax];
  uint32_t packed[kReportEntriesMax];
  uint16_t count[kReportEntriesMax];
  uint16_t heap[kReportEntriesMax];
};
static_assert(sizeof(Image) == kImageBytes, "the ESP8266 under Tasmota leaves 128 bytes of RTC memory free");

/// What a stored image turned out to be.
enum class ImageState : uint8_t {
  good,
  blank,    ///< all bytes 0x00 or all 0xFF: never written, nothing lost
  foreign,  ///< anything else that is not ours: random power-on contents, corruption, another version
};

/// Makes an empty image in a new era.
void image_reset(Image& image, uint32_t era);

/// Computes the checksum; the last thing before an image is stored.
void image_seal(Image& image);

/// Judges the bytes just read from storage. Trusts nothing: magic, version and checksum first, then every
/// field that later code would use as an index or an enum.
ImageState image_check(const Image& image);

/// Reads entry i. Needs i < image.used of a good image.
Entry image_entry(const Image& image, size_t i);

/// Writes entry i, all but era and seq, which follow from its place.
void image_set_entry(Image& image, size_t i, const Entry& entry);

/// Appends an error, giving it the next sequence number; when all places are taken the oldest leaves, and is
/// counted. Returns true if one was pushed out.
bool image_append(Image& image, const Entry& entry);

/// Removes the n oldest entries (all, if there are fewer).
void image_drop_oldest(Image& image, size_t n);

/// How many of the oldest entries belong to the prior era.
size_t image_prior_count(const Image& image);

/// Moves every entry into the prior era and begins a new one: the image came from flash, and which numbers
/// were given out since it was saved is not known. Entries that were prior before are dropped and counted:
/// there is room for two eras, and they have missed two power cycles.
void image_start_era(Image& image, uint32_t era);

}  // namespace device
}  // namespace tlswatch

#endif
