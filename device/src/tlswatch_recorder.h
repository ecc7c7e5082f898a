// The recorder: remembers why the device could not connect until somebody has been told.
//
// A device that fails cannot say so, and forgets over the reset that its owner tries first. The recorder
// keeps its last six distinct errors in memory that survives a reset, formats them as one MQTT message on the
// next good connection, and forgets an error only when that message is known to have arrived.
//
//   recorder.begin(port, "14.2");              // once a boot
//   recorder.attempt();                        // before each connection attempt
//   recorder.record(failure);                  // it failed: the first error of an attempt wins
//   recorder.connected();                      // it did not
//   while (n = recorder.format_report(buf, room, ++packet)) { publish(topic, buf, n, qos 1, packet); ... }
//   recorder.acknowledged(packet);             // its PUBACK came
//
// Memory: the object is at most 64 bytes on a 32-bit device; the 128-byte image lives in the storage and,
// during a call, on the stack. No heap. Not for several threads, nor for interrupts.
//
// What it does not do: it does not encrypt what it stores (codes, times and counts; no secrets), and it
// cannot remember over a power loss what was not yet due for flash.
#ifndef TLSWATCH_RECORDER_H
#define TLSWATCH_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_image.h"
#include "tlswatch_report.h"

namespace tlswatch {
namespace device {

/// Flash is written for a code that it does not hold yet, and never twice within this time.
constexpr uint32_t kFlashIntervalSeconds = 3600;

/// What the recorder needs of the device. Plain functions, each given `context`; all must be set, but
/// flash_load and flash_save may be null where there is no flash to spare. Must outlive the recorder.
struct RecorderPort {
  void* context;
  /// Reads n bytes of memory that survives a reset. False if that failed: taken as a blank image.
  bool (*rtc_load)(void* context, void* bytes, size_t n);
  bool (*rtc_save)(void* context, const void* bytes, size_t n);
  /// The same for memory that survives a power loss.
  bool (*flash_load)(void* context, void* bytes, size_t n);
  bool (*flash_save)(void* context, const void* bytes, size_t n);
  uint32_t (*random32)(void* context);
  /// Seconds since 1970, 0 while the clock is not set.
  uint32_t (*unix_time_s)(void* context);
  /// Seconds since this boot.
  uint32_t (*uptime_s)(void* context);
  /// Free heap in bytes.
  uint32_t (*free_heap)(void* context);
};

class Recorder {
 public:
  /// Takes up what earlier boots left: the RTC image, or after a power loss that of flash, or nothing; and
  /// counts this boot. `port` and `firmware` (the report's "fw", cut at kFirmwareMax) must outlive the
  /// recorder.
  void begin(const RecorderPort& port, const char* firmware);

  /// A connection attempt begins. Of the errors recorded until the next attempt() or connected() only the
  /// first counts: it is the cause, the others follow from it. A firmware that never calls this gets every
  /// error recorded.
  void attempt();

  /// Remembers an error. One that repeats the newest (same stack, phase, code and detail, and no good
  /// connection in between) joins it: its count grows, time and heap are those of the last. A detail beyond
  /// kDetailMax is clamped.
  void record(Stack stack, Phase phase, int32_t code, int32_t detail);
  void record(const Failure& failure) { record(failure.stack, failure.phase, failure.code, failure.detail); }

  /// The connection stands (CONNACK with code 0): the next error starts a row of its own.
  void connected();

  /// Formats the oldest errors as one report, as many as fit; asked again without acknowledged() in between,
  /// it formats the same errors again.
  ///
  /// buf     gets the JSON text, not NUL-terminated
  /// n       its room: kReportMax less the topic's length (more than kReportMax is taken as that)
  /// packet  the MQTT packet identifier it will be published with
  /// returns the text's length; 0 when there is nothing to report, or when not even one error fits (a client
  /// id of
  ///         more than about 40 characters); the firmware's version is left empty before an error is left out
  size_t format_report(char* buf, size_t n, uint16_t packet);

  /// PUBACK: forgets the errors of the report formatted with that packet identifier. Another identifier, or a
  /// second PUBACK, changes nothing. Returns how many errors were forgotten.
  size_t acknowledged(uint16_t packet);

  /// Errors waiting to be reported.
  size_t pending() const;
  /// Copies the image as it is stored, for a local display or a test.
  Image image() const;

 private:
  Image load() const;
  void store(Image& image) const;
  void consider_flash(const Image& image, const Failure& failure);
  void note_flash(const Image& image);
  bool flash_holds(const Failure& failure) const;
  bool flash_rested() const;
  uint32_t draw_era(uint32_t other_than) const;

  enum class Attempt : uint8_t { untracked, clean, failed };

  const RecorderPort* port_;
  const char* firmware_;
  uint32_t flash_saved_unix_;    // 0: not known
  uint32_t flash_saved_uptime_;  // of this boot; 0: at its start at the latest
  uint16_t flash_codes_[kReportEntriesMax];
  uint16_t flight_packet_;
  uint8_t flight_entries_;  // the oldest so many are in a report on its way
  uint8_t flash_used_;
  bool flash_blank_;
  Attempt attempt_;
};
static_assert(sizeof(void*) != 4 || sizeof(Recorder) <= 64, "the device's budget of RAM");

}  // namespace device
}  // namespace tlswatch

#endif
