// When a report that was published with QoS 0 is known to have arrived.
//
// QoS 0 has no PUBACK. But a broker reads a connection in order: once it has answered a PINGREQ or a
// SUBSCRIBE that was sent after the report, it has read the report. Libraries such as PubSubClient tell
// nobody of these answers, so this listens to the bytes of both directions. A new connection voids what the
// old one waited for.
//
//   receipt.sent(bytes, n);       // what the library writes
//   receipt.received(bytes, n);   // what it reads
//   receipt.expect();             // the report has just been published
//   if (receipt.arrived()) recorder.acknowledged(packet);
//
// ports/arduino/tlswatch_watched_client.h does the first two for every library that takes an Arduino Client.
// What it does not do: tell that the broker's ACL swallowed the report. Such a broker answers all the same.
#ifndef TLSWATCH_RECEIPT_H
#define TLSWATCH_RECEIPT_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_mqtt.h"

namespace tlswatch {
namespace device {

class Receipt {
 public:
  Receipt() { reset(); }

  /// A new connection, or the end of one: nothing is waited for any more. sent() does so by itself at a
  /// CONNECT.
  void reset();
  /// Bytes on their way to the broker, in any portions.
  void sent(const uint8_t* bytes, size_t n);
  /// Bytes that came from the broker, in any portions.
  void received(const uint8_t* bytes, size_t n);
  /// All bytes of the report have been sent(). Waits for it from here on, and no longer for an earlier one.
  void expect();
  /// True once after the report is known to have arrived.
  bool arrived();

 private:
  MqttReader out_;
  MqttReader in_;
  uint16_t open_;  // questions without an answer so far
  uint16_t
      missing_;  // answers until one must be to a question asked after the report; 0: nothing is waited for
  bool arrived_;
};

}  // namespace device
}  // namespace tlswatch

#endif
