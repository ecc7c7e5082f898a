#include "tlswatch_recorder.h"

#include <string.h>

#include "tlswatch_crc32.h"
#include "tlswatch_report_text.h"

namespace tlswatch {
namespace device {
namespace {

bool same(const Failure& a, const Failure& b) {
  return a.stack == b.stack && a.phase == b.phase && a.code == b.code && a.detail == b.detail;
}

int32_t kept_detail(int32_t detail) {
  if (detail > kDetailMax) return kDetailMax;
  return detail < -kDetailMax ? -kDetailMax : detail;
}

// 16 bits stand for a code in RAM. Two codes that share them cost one flash write that is not made; RTC has
// both.
uint16_t code_digest(const Failure& failure) {
  const uint32_t words[2] = {static_cast<uint32_t>(failure.stack), static_cast<uint32_t>(failure.code)};
  return static_cast<uint16_t>(crc32(words, sizeof words));
}

void count_rejected(Image& image) {
  if (image.rejected != 0xFF) ++image.rejected;
}

// Uptime of an earlier boot says nothing about when.
void forget_uptimes(Image& image) {
  for (size_t i = 0; i < image.used; ++i) {
    Entry entry = image_entry(image, i);
    if (entry.time_kind != TimeKind::uptime) continue;
    entry.time_kind = TimeKind::unknown;
    entry.time = 0;
    image_set_entry(image, i, entry);
  }
}

}  // namespace

void Recorder::begin(const RecorderPort& port, const char* firmware) {
  port_ = &port;
  firmware_ = firmware;
  flash_saved_unix_ = 0;
  flash_saved_uptime_ = 0;
  flash_used_ = 0;
  flash_blank_ = true;
  flight_packet_ = 0;
  flight_entries_ = 0;
  attempt_ = Attempt::untracked;

  // One image on the stack at a time: flash is looked at first, and read again if it is needed after all.
  Image image;
  const bool has_flash = port.flash_load != nullptr && port.flash_load(port.context, &image, sizeof image);
  const ImageState flash_state = has_flash ? image_check(image) : ImageState::blank;
  if (flash_state == ImageState::good) note_flash(image);

  const bool has_rtc = port.rtc_load(port.context, &image, sizeof image);
  const ImageState rtc_state = has_rtc ? image_check(image) : ImageState::blank;
  if (rtc_state != ImageState::good) {
    const bool restored = flash_state == ImageState::good &&
                          port.flash_load(port.context, &image, sizeof image) &&
                          image_check(image) == ImageState::good;
    if (restored) image_start_era(image, draw_era(image.era));
    if (!restored) image_reset(image, draw_era(0));
    if (rtc_state == ImageState::foreign) count_rejected(image);
  }
  if (flash_state == ImageState::foreign) count_rejected(image);
  ++image.boots;
  forget_uptimes(image);
  store(image);
}

void Recorder::attempt() {
  attempt_ = Attempt::clean;
}

void Recorder::record(Stack stack, Phase phase, int32_t code, int32_t detail) {
  if (attempt_ == Attempt::failed) return;
  if (attempt_ == Attempt::clean) attempt_ = Attempt::failed;

  const uint32_t now = port_->unix_time_s(port_->context);
  Entry entry;
  entry.failure = Failure{stack, phase, code, kept_detail(detail)};
  entry.era = 0;
  entry.seq = 0;
  entry.time = now != 0 ? now : port_->uptime_s(port_->context);
  entry.time_kind = now != 0 ? TimeKind::unix_time : TimeKind::uptime;
  entry.prior = false;
  entry.count = 1;
  entry.heap = port_->free_heap(port_->context);

  Image image = load();
  // An entry on its way to the broker is closed: a count that grew after the report was sent would be
  // forgotten with it.
  const bool may_join = image.row_open != 0 && image.used > flight_entries_;
  const size_t newest = image.used - size_t{1};
  if (may_join && same(image_entry(image, newest).failure, entry.failure)) {
    const Entry before = image_entry(image, newest);
    entry.count = before.count == 0xFFFF ? before.count : static_cast<uint16_t>(before.count + 1);
    entry.prior = before.prior;
    image_set_entry(image, newest, entry);
  } else if (image_append(image, entry) && flight_entries_ != 0) {
    --flight_entries_;  // the one pushed out was on its way
  }
  image.row_open = 1;
  store(image);
  consider_flash(image, entry.failure);
}

void Recorder::connected() {
  attempt_ = Attempt::untracked;
  Image image = load();
  if (image.row_open == 0) return;  // nothing to write on the many good days
  image.row_open = 0;
  store(image);
}

size_t Recorder::format_report(char* buf, size_t n, uint16_t packet) {
  const Image image = load();
  const ReportTimes times = {port_->unix_time_s(port_->context), port_->uptime_s(port_->context)};
  const ReportText text = format_report_text(image, times, firmware_, buf, n < kReportMax ? n : kReportMax);
  flight_entries_ = text.entries;
  flight_packet_ = packet;
  return text.size;
}

size_t Recorder::acknowledged(uint16_t packet) {
  if (flight_entries_ == 0 || packet != flight_packet_) return 0;
  const size_t arrived = flight_entries_;
  flight_entries_ = 0;
  Image image = load();
  image_drop_oldest(image, arrived);
  store(image);
  return arrived;
}

size_t Recorder::pending() const {
  return load().used;
}

Image Recorder::image() const {
  return load();
}

// The storage is outside: between two calls it may have lost or changed its contents.
Image Recorder::load() const {
  Image image;
  const bool loaded = port_->rtc_load(port_->context, &image, sizeof image);
  if (loaded && image_check(image) == ImageState::good) return image;
  image_reset(image, draw_era(0));
  count_rejected(image);
  return image;
}

void Recorder::store(Image& image) const {
  image_seal(image);
  port_->rtc_save(port_->context, &image, sizeof image);
}

void Recorder::consider_flash(const Image& image, const Failure& failure) {
  if (port_->flash_save == nullptr || flash_holds(failure) || !flash_rested()) return;
  if (!port_->flash_save(port_->context, &image, sizeof image)) return;
  note_flash(image);
  flash_saved_unix_ = port_->unix_time_s(port_->context);
  flash_saved_uptime_ = port_->uptime_s(port_->context);
}

// The newest entry is the one for which the image was saved, so its time is the time of saving.
void Recorder::note_flash(const Image& image) {
  flash_blank_ = false;
  flash_used_ = image.used;
  for (size_t i = 0; i < image.used; ++i) {
    const Entry entry = image_entry(image, i);
    flash_codes_[i] = code_digest(entry.failure);
    flash_saved_unix_ = entry.time_kind == TimeKind::unix_time ? entry.time : 0;
  }
}

bool Recorder::flash_holds(const Failure& failure) const {
  const uint16_t digest = code_digest(failure);
  for (size_t i = 0; i < flash_used_; ++i) {
    if (flash_codes_[i] == digest) return true;
  }
  return false;
}

// Only what is proven counts: by the clock, or by this boot's uptime. A clock that went back proves nothing.
bool Recorder::flash_rested() const {
  if (flash_blank_) return true;
  const uint32_t now = port_->unix_time_s(port_->context);
  const bool by_clock = now != 0 && flash_saved_unix_ != 0 && now >= flash_saved_unix_;
  if (by_clock && now - flash_saved_unix_ >= kFlashIntervalSeconds) return true;
  return port_->uptime_s(port_->context) - flash_saved_uptime_ >= kFlashIntervalSeconds;
}

uint32_t Recorder::draw_era(uint32_t other_than) const {
  const uint32_t era = port_->random32(port_->context);
  return era == other_than ? era + 1 : era;
}

}  // namespace device
}  // namespace tlswatch
