// Reads what the server answered to the MFLN request out of the clear-text ServerHello as it passes by.
//
// Upstream BearSSL asks for MFLN (RFC 6066 section 4) by itself when its input buffer is small, and checks
// that the answer is the value it asked for, but does not remember whether there was an answer. The device
// wants to say so.
#ifndef TLSWATCH_SERVER_HELLO_H
#define TLSWATCH_SERVER_HELLO_H

#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// Watches the bytes a server sends from the first one on. Bytes are hostile; a few bytes of state, nothing
/// stored. It judges nothing: what does not look like a ServerHello just ends the watch (BearSSL will fail on
/// it).
class ServerHelloWatch {
 public:
  ServerHelloWatch() { reset(); }
  void reset();
  /// Takes the next n bytes as they came from the network.
  void feed(const uint8_t* bytes, size_t n);
  /// The agreed maximum fragment length in bytes: 512, 1024, 2048, 4096; 0 when the server did not answer the
  /// request, or its ServerHello has not been seen to its end.
  uint16_t mfln() const { return finished_ ? mfln_ : uint16_t{0}; }

 private:
  enum class Part : uint8_t {
    message,
    fixed,
    session_id,
    cipher,
    extensions_length,
    type,
    length,
    data,
    done
  };
  void take(uint8_t byte);
  void begin(Part part, uint16_t bytes);
  void end_part();
  void take_extension_length();

  Part part_;
  bool finished_;
  uint8_t header_read_;   // of the record's five
  uint16_t header_tail_;  // the last two of those read: at the end, the body's length
  uint16_t record_left_;  // of the record's body
  uint16_t part_left_;
  uint16_t value_;  // the last two bytes taken, big-endian
  uint16_t mfln_;
  uint16_t extension_type_;
  uint32_t message_left_;  // of the ServerHello
};

}  // namespace device
}  // namespace tlswatch

#endif
