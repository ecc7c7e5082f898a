// Every call is one turn: the image is read, changed and written. All turns are one function, run(), and the
// report's text is one constant, because the module is held to 1.5 KB of code and 256 bytes of stack: shared
// prologues and one small loop that writes everything are what makes it fit.
#include "tlswatch_recorder.h"

#include <string.h>

#include "tlswatch_config.h"

namespace tlswatch {
namespace device {
namespace {

#if TLSWATCH_WORD_FLASH
#define TLSWATCH_IN_FLASH __attribute__((section(TLSWATCH_WORD_FLASH_SECTION), aligned(4)))
inline char read_char(const char* p) {
  const uintptr_t at = reinterpret_cast<uintptr_t>(p);
  const uint32_t word = *reinterpret_cast<const uint32_t*>(at & ~uintptr_t{3});
  return static_cast<char>(word >> (at & 3) * 8);
}
#else
#define TLSWATCH_IN_FLASH
inline char read_char(const char* p) {
  return *p;
}
#endif

// What stands for a value in the text below.
#define UNSIGNED "\1"
#define SIGNED "\2"
#define TEXT "\3"

// The parts of a report (tlswatch_report.h), one behind the other, NUL between them. An entry begins with the
// comma that the first one goes without.
#define NAMES "tasmota\0bearssl\0mbedtls\0wolfssl\0openssl\0esp-tls\0dns\0tcp\0tls\0mqtt\0"
#define HEAD \
  "{\"v\":1,\"era\":" UNSIGNED ",\"boot\":" UNSIGNED ",\"fw\":\"" TEXT "\",\"up\":" UNSIGNED ",\"errs\":[\0"
#define WHAT ",{\"s\":\"" TEXT "\",\"seq\":" UNSIGNED ",\"ph\":\"" TEXT "\",\"c\":" SIGNED "\0"
#define WHEN ",\"d\":" SIGNED ",\"n\":" UNSIGNED ",\"t\":" UNSIGNED "\0"
#define AGO ",\"ago\":" UNSIGNED "\0"
#define HEAP ",\"heap\":" UNSIGNED "}"
constexpr char kText[] TLSWATCH_IN_FLASH = NAMES HEAD WHAT WHEN AGO HEAP;
constexpr size_t kHeadAt = sizeof NAMES - 1;
constexpr size_t kAgoFromWhat = sizeof WHAT WHEN - 1;
constexpr size_t kHeapFromWhat = sizeof WHAT WHEN AGO - 1;

// Names by their place. That they are the ones of tlswatch_report.h:
constexpr size_t kStackWidth = 8;
constexpr size_t kPhaseWidth = 4;
constexpr size_t kPhasesAt = kStackWidth * kStackCount;
constexpr bool same_text(const char* a, const char* b) {
  return *a == *b && (*a == '\0' || same_text(a + 1, b + 1));
}
constexpr bool stacks_from(size_t i) {
  return i == kStackCount || (same_text(&NAMES[i * kStackWidth], kStackNames[i]) && stacks_from(i + 1));
}
constexpr bool phases_from(size_t i) {
  return i == kPhaseCount ||
         (same_text(&NAMES[kPhasesAt + i * kPhaseWidth], kPhaseNames[i]) && phases_from(i + 1));
}
static_assert(stacks_from(0) && phases_from(0), "the report's names");
static_assert(kReportVersion == 1, "the report's v");

// Where a report is written to. Nothing is written at `end` or beyond.
struct Out {
  uintptr_t values[4];
  char* at;
  char* end;
};

// Writes `text` up to its NUL, and values in the place of what stands for them. Returns what follows the NUL.
const char* emit(Out& out, const char* text, const uintptr_t* values) {
  for (;;) {
    char c = read_char(text++);
    if (c == '\0') return text;
    char digits[12];
    char* begin = digits + sizeof digits - 1;
    *begin = '\0';
    const char* part = begin;
    if (c > *TEXT) {
      *--begin = c;
      part = begin;
    } else {
      const uintptr_t value = *values++;
      part = reinterpret_cast<const char*>(value);
      if (c != *TEXT) {
        uint32_t number = static_cast<uint32_t>(value);
        const bool negative = c == *SIGNED && static_cast<int32_t>(number) < 0;
        if (negative) number = 0 - number;
        do {
          // Division by ten, bit by bit: the core has no instruction for it.
          uint32_t rest = 0;
          for (int bit = 32; bit != 0; --bit) {
            rest = rest << 1 | number >> 31;
            number <<= 1;
            if (rest >= 10) {
              rest -= 10;
              ++number;
            }
          }
          *--begin = static_cast<char>('0' + rest);
        } while (number != 0);
        if (c == *SIGNED && static_cast<int32_t>(value) < 0) *--begin = '-';
        part = begin;
      }
    }
    while ((c = read_char(part++)) != '\0') {
      if (out.at < out.end) *out.at++ = c;
    }
  }
}

bool holds(const Image& image, const Failure& failure, uint32_t kind) {
  const ImageEntry* entry = image.entries;
  for (size_t i = image.used; i != 0; --i, ++entry) {
    if (entry->kind == kind && entry->code == failure.code) return true;
  }
  return false;
}

}  // namespace

// What a turn has at hand.
struct Recorder::Turn {
  Out out;
  tlswatch_vitals now;
  Image image;
};

bool Recorder::load(Image& image, tlswatch_memory memory) const {
  image.crc = 0;  // blank, unless something is read
  return port_->load(port_->context, memory, &image) && image_check(image) == ImageState::good;
}

// There is no good image in RTC. At the begin of a boot flash may have one; what it holds keeps its names,
// and what comes now begins a life of its own, because which numbers were given out since flash was written
// is not known. For three lives there is no room: what was prior in flash has missed two power losses, and
// goes.
inline void Recorder::restore(Turn& turn, Call call) const {
  Image& image = turn.image;
  uint32_t rejected = image.crc + 1 > 1;
  if (call != Call::begin || !load(image, TLSWATCH_FLASH)) {
    if (call == Call::begin && image.crc + 1 > 1) ++rejected;
    memset(&image, 0, sizeof image);
  }
  rejected += image.rejected;
  if (rejected <= 255) image.rejected = static_cast<uint8_t>(rejected);
  image_drop_oldest(image, image.prior);
  image.prior = image.used;
  image.row_open = 0;
  image.life[0] = image.life[1];
  image.life[1].era = port_->random32(port_->context);
  image.life[1].first_seq = 1;
}

// Returns whether flash may be written: an hour is an hour that is proven, by the clock or by this boot's
// uptime.
inline bool Recorder::add(Turn& turn, const Failure& failure, uint32_t kind) {
  Image& image = turn.image;
  flight_entries_ = 0;
  ImageEntry* entry = image.entries + image.used - 1;
  if (image.row_open == 0 || entry->code != failure.code || entry->kind != kind) {
    if (image.used == kReportEntriesMax) {
      image_drop_oldest(image, 1);
      --entry;
    }
    ++entry;
    ++image.used;
    image.row_open = 1;
    entry->code = failure.code;
    entry->kind = kind;
    entry->count = 0;
  }
  const uint16_t count = static_cast<uint16_t>(entry->count + 1);
  if (count != 0) entry->count = count;
  uint32_t heap = turn.now.free_heap / kHeapUnit;
  if (heap >> 16 != 0) heap = ~uint32_t{0};  // stays at 65535
  entry->heap = static_cast<uint16_t>(heap);
  uint32_t unix_s = turn.now.unix_s;
  entry->time = unix_s;
  if (!image_time_is_unix(unix_s)) {
    entry->time = turn.now.uptime_s + 1;
    turn.now.unix_s = kFlashUndated;
    // Without a clock it may be as early as before flash was written; only kFlashNever is long ago then, too.
    unix_s = image.flash_written - 1;
  }
  static_assert(kFlashNever == 0, "a second before it is as late as can be");
  if (unix_s >= image.flash_written && unix_s - image.flash_written >= kFlashIntervalSeconds) return true;
  return turn.now.uptime_s - flash_uptime_s_ >= kFlashIntervalSeconds;
}

inline size_t Recorder::format(Turn& turn, char* buf, size_t n) {
  Image& image = turn.image;
  // One era a report: the oldest life only. The image is a copy that nobody stores.
  const ImageLife* life = image.life;
  if (image.prior == 0) {
    ++life;
  } else {
    image.used = image.prior;
  }
  flight_entries_ = 0;
  if (image.used == 0) return 0;
  Out& out = turn.out;
  uintptr_t* const values = out.values;
  // A byte is left for the closing bracket; an entry that touches the end leaves none for the brace.
  out.end = buf + n - 1;
  for (;;) {
    out.at = buf;
    values[0] = life->era;
    values[1] = image.boots;
    values[2] = reinterpret_cast<uintptr_t>(firmware_);
    values[3] = turn.now.uptime_s;
    const char* const what = emit(out, kText + kHeadAt, values);
    char* whole = out.at;
    const ImageEntry* entry = image.entries;
    uint32_t i = 0;
    do {
      values[0] = reinterpret_cast<uintptr_t>(kText + image_kind_stack(entry->kind) * kStackWidth);
      values[1] = life->first_seq + i;
      values[2] =
          reinterpret_cast<uintptr_t>(kText + kPhasesAt + image_kind_phase(entry->kind) * kPhaseWidth);
      values[3] = static_cast<uint32_t>(entry->code);
      const char* const when = emit(out, what + (i == 0), values);
      values[0] = static_cast<uint32_t>(image_kind_detail(entry->kind));
      values[1] = entry->count;
      values[2] = entry->time;
      uint32_t now = turn.now.unix_s;
      if (!image_time_is_unix(entry->time)) {
        values[2] = 0;
        now = turn.now.uptime_s + 1;
      }
      emit(out, when, values);
      // A clock that was set back since makes the difference meaningless.
      if (entry->time != 0 && now >= entry->time) {
        values[0] = now - entry->time;
        emit(out, what + kAgoFromWhat, values);
      }
      values[0] = entry->heap * kHeapUnit;
      emit(out, what + kHeapFromWhat, values);
      if (out.at >= out.end) break;
      whole = out.at;
      ++entry;
    } while (++i != image.used);
    flight_entries_ = static_cast<uint8_t>(i);
    if (i != 0) {
      *whole++ = ']';
      *whole++ = '}';
      return static_cast<size_t>(whole - buf);
    }
    if (firmware_ == what - 1) return 0;
    firmware_ = what - 1;  // an empty text
  }
}

size_t Recorder::run(Call call, void* data, size_t number) {
  Turn turn;
  Image& image = turn.image;
  if (call == Call::record) {
    if (attempt_ == kFailed) return 0;
    attempt_ = static_cast<uint8_t>(attempt_ * 2);
    const Failure& failure = *static_cast<const Failure*>(data);
    number = image_kind(failure);
    // First, because there is stack for one image only.
    if (!load(image, TLSWATCH_FLASH) || !holds(image, failure, static_cast<uint32_t>(number)))
      call = Call::record_new;
  }
  port_->vitals(port_->context, &turn.now);
  if (!load(image, TLSWATCH_RTC)) restore(turn, call);

  if (call == Call::format) return format(turn, static_cast<char*>(data), number);
  if (call == Call::connected) {
    if (image.row_open == 0) return 0;  // nothing to write on the many good days
    image.row_open = 0;
  } else if (call >= Call::record) {
    const bool rested = add(turn, *static_cast<const Failure*>(data), static_cast<uint32_t>(number));
    if (!rested) call = Call::record;
    if (call == Call::record_new) {
      image.flash_written = turn.now.unix_s;
      flash_uptime_s_ = turn.now.uptime_s;
    }
  } else if (call == Call::begin) {
    ++image.boots;
    // Uptime of an earlier boot says nothing about when.
    for (ImageEntry& entry : image.entries) {
      if (!image_time_is_unix(entry.time)) entry.time = 0;
    }
  } else {
    image.row_open = 0;
    number = flight_entries_;
    flight_entries_ = 0;
    if (number > image.used) number = image.used;  // the storage is outside: it may have changed since
    image_drop_oldest(image, number);
  }
  image.crc = image_checksum(image);
  port_->save(port_->context, TLSWATCH_RTC, &image);
  if (call == Call::record_new) port_->save(port_->context, TLSWATCH_FLASH, &image);
  return number;
}

Image Recorder::image() const {
  Image image;
  if (!load(image, TLSWATCH_RTC)) memset(&image, 0, sizeof image);
  return image;
}

}  // namespace device
}  // namespace tlswatch
