#include "tlswatch_server_hello.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kServerHello = 2;
constexpr uint8_t kRecordHeader = 5;
constexpr uint16_t kMaxFragmentLength = 1;  // extension type, RFC 6066 section 4
constexpr uint32_t kServerHelloMax = 0xFFFF;

}  // namespace

void ServerHelloWatch::reset() {
  finished_ = false;
  header_read_ = 0;
  header_tail_ = 0;
  record_left_ = 0;
  value_ = 0;
  mfln_ = 0;
  extension_type_ = 0;
  message_left_ = kServerHelloMax;
  begin(Part::message, 4);
}

void ServerHelloWatch::begin(Part part, uint16_t bytes) {
  part_ = part;
  part_left_ = bytes;
}

void ServerHelloWatch::feed(const uint8_t* bytes, size_t n) {
  for (size_t i = 0; i < n && part_ != Part::done; ++i) {
    if (record_left_ != 0) {
      --record_left_;
      take(bytes[i]);
      continue;
    }
    if (header_read_ == 0 && bytes[i] != kHandshakeRecord) return begin(Part::done, 0);
    ++header_read_;
    header_tail_ = static_cast<uint16_t>((header_tail_ << 8) | bytes[i]);
    if (header_read_ < kRecordHeader) continue;
    record_left_ = header_tail_;
    header_read_ = 0;
  }
}

void ServerHelloWatch::take(uint8_t byte) {
  const bool first = part_ == Part::message && part_left_ == 4;
  if (first && byte != kServerHello) return begin(Part::done, 0);
  if (message_left_ == 0) return begin(Part::done, 0);
  --message_left_;
  value_ = static_cast<uint16_t>((value_ << 8) | byte);
  --part_left_;
  if (part_left_ == 0) end_part();
  if (message_left_ == 0 && part_ != Part::message) {
    // The message may end after its cipher and compression, or between two extensions; elsewhere it is cut
    // short.
    finished_ = part_ == Part::extensions_length || part_ == Part::type;
    begin(Part::done, 0);
  }
}

void ServerHelloWatch::end_part() {
  switch (part_) {
    case Part::message:
      message_left_ = value_;  // the length's high byte is 0 in any ServerHello that BearSSL accepts
      return begin(Part::fixed, 2 + 32 + 1);
    case Part::fixed: {
      const uint16_t session_id = value_ & 0xFF;
      if (session_id == 0) return begin(Part::cipher, 3);
      return begin(Part::session_id, session_id);
    }
    case Part::session_id: return begin(Part::cipher, 3);
    case Part::cipher: return begin(Part::extensions_length, 2);
    case Part::extensions_length: return begin(Part::type, 2);
    case Part::type: extension_type_ = value_; return begin(Part::length, 2);
    case Part::length: return take_extension_length();
    case Part::data:
      // One byte, 1..4, for 2^9..2^12.
      if (extension_type_ == kMaxFragmentLength) {
        const uint16_t code = value_ & 0xFF;
        mfln_ = code >= 1 && code <= 4 ? static_cast<uint16_t>(256u << code) : uint16_t{0};
      }
      return begin(Part::type, 2);
    case Part::done: return;
  }
}

void ServerHelloWatch::take_extension_length() {
  if (value_ == 0) return begin(Part::type, 2);
  begin(Part::data, value_);
}

}  // namespace device
}  // namespace tlswatch
