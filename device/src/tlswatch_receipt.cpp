#include "tlswatch_receipt.h"

namespace tlswatch {
namespace device {
namespace {

// Table 2.1 of MQTT 3.1.1; the types that tlswatch_mqtt.h has no use for.
constexpr uint8_t kConnect = 1;
constexpr uint8_t kSubscribe = 8;
constexpr uint8_t kSuback = 9;
constexpr uint8_t kPingreq = 12;
constexpr uint8_t kPingresp = 13;

// More questions at a time than any client asks. Beyond them nothing is known any more.
constexpr uint16_t kOpenMax = 1000;

}  // namespace

void Receipt::reset() {
  out_.reset();
  in_.reset();
  open_ = 0;
  missing_ = 0;
  arrived_ = false;
}

void Receipt::sent(const uint8_t* bytes, size_t n) {
  for (; n != 0; --n, ++bytes) {
    if (out_.take(*bytes) != MqttReader::Result::packet) continue;
    const uint8_t type = out_.packet().type;
    if (type == kConnect) reset();
    if ((type == kPingreq || type == kSubscribe) && ++open_ > kOpenMax) reset();
  }
}

void Receipt::received(const uint8_t* bytes, size_t n) {
  for (; n != 0; --n, ++bytes) {
    if (in_.take(*bytes) != MqttReader::Result::packet) continue;
    const uint8_t type = in_.packet().type;
    const bool answer = type == kPingresp || type == kSuback;
    if (!answer || open_ == 0) continue;  // an answer that nobody asked for proves nothing
    --open_;
    if (missing_ != 0 && --missing_ == 0) arrived_ = true;
  }
}

// Answers to the questions that are open now prove nothing, and in which order answers come is not promised.
// But of one more answer than there are such questions, one is to a question asked later.
void Receipt::expect() {
  missing_ = static_cast<uint16_t>(open_ + 1);
  arrived_ = false;
}

bool Receipt::arrived() {
  const bool now = arrived_;
  arrived_ = false;
  return now;
}

}  // namespace device
}  // namespace tlswatch
