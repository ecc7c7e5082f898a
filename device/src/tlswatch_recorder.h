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
// Costs, on the ESP8266's core with -Os: see README.md. 128 bytes of RTC memory, an object of 16 bytes (24
// where pointers are long), no heap, at most 256 bytes of stack in a call, half of it the image, which lives
// in the storage and is read and written anew in each call. Not for several threads, nor for interrupts.
//
// What it does not do: it does not encrypt what it stores (codes, times and counts; no secrets), and it
// cannot remember over a power loss what was not yet due for flash.
#ifndef TLSWATCH_RECORDER_H
#define TLSWATCH_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_image.h"
#include "tlswatch_port.h"
#include "tlswatch_report.h"

namespace tlswatch {
namespace device {

/// Flash is written for an error that it does not hold yet, and never twice within this time.
constexpr uint32_t kFlashIntervalSeconds = 3600;

/// From this PUBACK reason on the broker has refused the report (MQTT 5, section 3.4.2.1).
constexpr uint8_t kRefusedFrom = 0x80;

using RecorderPort = tlswatch_port;

class Recorder {
 public:
  /// Takes up what earlier boots left: the RTC image, or after a power loss that of flash, or nothing; and
  /// counts this boot.
  ///
  /// port      must outlive the recorder
  /// firmware  the report's "fw"; must outlive the recorder. Printable ASCII without " and \, kFirmwareMax
  ///           characters or less: it goes into the JSON as it is
  void begin(const RecorderPort& port, const char* firmware) {
    port_ = &port;
    firmware_ = firmware;
    flash_uptime_s_ = 0;
    flight_entries_ = 0;
    attempt_ = kUntracked;
    run(Call::begin, nullptr, 0);
  }

  /// A connection attempt begins. Of the errors recorded until the next attempt() or connected() only the
  /// first counts: it is the cause, the others follow from it. A firmware that never calls this gets every
  /// error recorded.
  void attempt() { attempt_ = kClean; }

  /// Remembers an error. One that repeats the newest (same stack, phase, code and detail, and no good
  /// connection in between) joins it: its count grows, time and heap are those of the last.
  void record(const Failure& failure) { run(Call::record, const_cast<Failure*>(&failure), 0); }
  void record(Stack stack, Phase phase, int32_t code, int32_t detail) {
    record(Failure{stack, phase, code, detail});
  }

  /// The connection stands (CONNACK with code 0): the next error starts a row of its own. Comes before the
  /// reports.
  void connected() {
    attempt_ = kUntracked;
    run(Call::connected, nullptr, 0);
  }

  /// Formats the oldest errors as one report, as many as fit; asked again without acknowledged() in between,
  /// it formats the same errors again.
  ///
  /// buf     gets the JSON text, not NUL-terminated
  /// n       its room: kReportMax less the topic's length (more than kReportMax is taken as that)
  /// packet  the MQTT packet identifier it will be published with; any number of yours with QoS 0
  /// returns the text's length; 0 when there is nothing to report, or when not even one error fits (a client
  ///         id of more than about 40 characters)
  /// The firmware's version is left out, for the rest of this boot, before an error is.
  size_t format_report(char* buf, size_t n, uint16_t packet) {
    flight_packet_ = packet;
    return run(Call::format, buf, n < kReportMax ? n : kReportMax);
  }

  /// PUBACK: forgets the errors of the report formatted with that packet identifier. Another identifier, a
  /// second PUBACK, an MQTT 5 reason that refuses, or an error recorded since: changes nothing, and the
  /// report is to be repeated. With QoS 0 there is no PUBACK: see tlswatch_receipt.h. Returns how many errors
  /// were forgotten.
  size_t acknowledged(uint16_t packet, uint8_t reason = 0) {
    if (packet != flight_packet_ || reason >= kRefusedFrom) return 0;
    return run(Call::acknowledged, nullptr, 0);
  }

  /// Errors waiting to be reported.
  size_t pending() const { return image().used; }
  /// Copies the image as it is stored, for a local display or a test; all zero if there is no good one.
  Image image() const;

 private:
  enum class Call : uint32_t { begin, connected, format, acknowledged, record, record_new };
  struct Turn;

  bool load(Image& image, tlswatch_memory memory) const;
  size_t run(Call call, void* data, size_t number);
  void restore(Turn& turn, Call call) const;
  bool add(Turn& turn, const Failure& failure, uint32_t kind);
  size_t format(Turn& turn, char* buf, size_t n);

  // An attempt's state: doubling it is what an error does to it.
  static constexpr uint8_t kUntracked = 0;
  static constexpr uint8_t kClean = 1;
  static constexpr uint8_t kFailed = 2;

  const RecorderPort* port_;
  const char* firmware_;
  uint32_t flash_uptime_s_;  // of this boot, when flash was last written; 0: at its start at the latest
  uint16_t flight_packet_;
  uint8_t flight_entries_;  // the oldest so many are in a report on its way
  uint8_t attempt_;
};
static_assert(sizeof(void*) != 4 || sizeof(Recorder) <= 64, "the device's budget of RAM");

}  // namespace device
}  // namespace tlswatch

#endif
