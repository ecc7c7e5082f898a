#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_key_reader.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint8_t kInteger = 0x02;
constexpr uint8_t kBitString = 0x03;
constexpr uint8_t kObjectId = 0x06;
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kVersion = 0xA0;

// The elements as they follow each other. The first two are entered, the last one is held, those between are
// skipped.
const uint8_t kGrammar[] = {kSequence, kSequence, kVersion,  kInteger, kSequence,
                            kSequence, kSequence, kSequence, kSequence};
constexpr uint8_t kEntered = 2;
constexpr uint8_t kOptional = 2;
constexpr uint8_t kHeld = sizeof kGrammar - 1;
constexpr uint8_t kDone = sizeof kGrammar;

constexpr uint8_t kLengthBytesMax = 3;  // a whole certificate's length has no more (RFC 5246 section 7.4.2)

const unsigned char kRsaEncryption[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01};
const unsigned char kEcPublicKey[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
const unsigned char kP256[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};

// Bytes that lie in one piece.
struct Piece {
  unsigned char* at;
  size_t n;

  template <size_t size>
  bool is(const unsigned char (&other)[size]) const {
    return n == size && memcmp(at, other, size) == 0;
  }
  // Takes the next element off the front; an empty one stands for whatever is not as it should be.
  Piece element(uint8_t tag) {
    const Piece none = {nullptr, 0};
    if (n < 2 || at[0] != tag) return none;
    size_t header = 2;
    size_t length = at[1];
    if (length >= 0x80) {
      header += length & 0x7F;
      if (header > 2 + kLengthBytesMax || header > n) return none;
      length = 0;
      for (size_t i = 2; i < header; ++i) length = length << 8 | at[i];
    }
    if (length > n - header) return none;
    const Piece content = {at + header, length};
    at += header + length;
    n -= header + length;
    return content;
  }
};

int parse_key(Piece info, br_x509_pkey& key) {
  Piece algorithm = info.element(kSequence);
  Piece bits = info.element(kBitString);
  const Piece id = algorithm.element(kObjectId);
  if (bits.n == 0 || bits.at[0] != 0) return BR_ERR_X509_UNEXPECTED;  // the bits that are not used
  ++bits.at;
  --bits.n;
  if (id.is(kEcPublicKey)) {
    key.key_type = BR_KEYTYPE_EC;
    key.key.ec.curve = algorithm.element(kObjectId).is(kP256) ? BR_EC_secp256r1 : 0;
    key.key.ec.q = bits.at;
    key.key.ec.qlen = bits.n;
    return 0;
  }
  if (!id.is(kRsaEncryption)) return BR_ERR_X509_WRONG_KEY_TYPE;
  Piece numbers = bits.element(kSequence);
  const Piece n = numbers.element(kInteger);
  const Piece e = numbers.element(kInteger);
  if (n.n == 0 || e.n == 0) return BR_ERR_X509_UNEXPECTED;
  key.key_type = BR_KEYTYPE_RSA;
  key.key.rsa.n = n.at;
  key.key.rsa.nlen = n.n;
  key.key.rsa.e = e.at;
  key.key.rsa.elen = e.n;
  return 0;
}

}  // namespace

void KeyReader::begin(uint32_t length) {
  left_ = length;
  content_ = 0;
  error_ = 0;
  step_ = 0;
  part_ = Part::tag;
  held_ = 0;
}

void KeyReader::take(const unsigned char* bytes, size_t n) {
  for (size_t i = 0; i < n && error_ == 0; ++i) error_ = byte(bytes[i]);
}

int KeyReader::end() {
  if (error_ != 0) return error_;
  if (left_ != 0 || step_ != kDone) return BR_ERR_X509_TRUNCATED;
  return parse_key(Piece{bytes_, held_}, key_);
}

int KeyReader::byte(unsigned char value) {
  if (left_ == 0) return BR_ERR_X509_EXTRA_ELEMENT;
  --left_;
  if (step_ == kDone) return 0;
  if (part_ != Part::content) return header(value);
  if (step_ == kHeld) bytes_[held_++] = value;
  if (--content_ == 0) next_element();
  return 0;
}

int KeyReader::header(unsigned char value) {
  if (part_ == Part::tag) {
    if (step_ == kOptional && value != kVersion) ++step_;
    if (value != kGrammar[step_]) return BR_ERR_X509_UNEXPECTED;
    part_ = Part::length;
    return 0;
  }
  if (part_ == Part::length && value > 0x80) {
    length_bytes_ = value & 0x7F;
    if (length_bytes_ > kLengthBytesMax) return BR_ERR_X509_INNER_TRUNC;
    part_ = Part::long_length;
    return 0;
  }
  if (part_ == Part::length && value == 0x80) return BR_ERR_X509_INDEFINITE_LENGTH;
  content_ = content_ << 8 | value;
  if (part_ == Part::long_length && --length_bytes_ != 0) return 0;
  return begin_content();
}

int KeyReader::begin_content() {
  if (content_ > left_) return BR_ERR_X509_INNER_TRUNC;
  if (step_ == 0 && content_ != left_) return BR_ERR_X509_EXTRA_ELEMENT;
  if (step_ == kHeld && content_ > kHeldMax) return BR_ERR_X509_LIMIT_EXCEEDED;
  part_ = Part::content;
  if (step_ < kEntered || content_ == 0) next_element();
  return 0;
}

void KeyReader::next_element() {
  ++step_;
  part_ = Part::tag;
  content_ = 0;
}

}  // namespace device
}  // namespace tlswatch

#endif
