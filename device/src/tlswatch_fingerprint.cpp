#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_fingerprint.h"
#include "tlswatch_small_crypto.h"

namespace tlswatch {
namespace device {
namespace {

void hash_u32(SmallSha1& sha1, size_t value) {
  const uint8_t big_endian[4] = {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
                                 static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  sha1.update(big_endian, sizeof big_endian);
}

struct Number {
  const uint8_t* bytes;
  size_t n;
};

Number without_leading_zeros(const unsigned char* bytes, size_t n) {
  while (n != 0 && *bytes == 0) {
    ++bytes;
    --n;
  }
  return {bytes, n};
}

bool hash_rsa(const br_x509_pkey& key, bool with_lengths, Fingerprint* out) {
  if (key.key_type != BR_KEYTYPE_RSA) return false;
  const Number e = without_leading_zeros(key.key.rsa.e, key.key.rsa.elen);
  const Number n = without_leading_zeros(key.key.rsa.n, key.key.rsa.nlen);
  if (e.n == 0 || n.n == 0) return false;
  static const char kName[] = {'s', 's', 'h', '-', 'r', 's', 'a'};
  SmallSha1 sha1;
  if (with_lengths) hash_u32(sha1, sizeof kName);
  sha1.update(kName, sizeof kName);
  if (with_lengths) hash_u32(sha1, e.n);
  sha1.update(e.bytes, e.n);
  if (with_lengths) hash_u32(sha1, n.n);
  sha1.update(n.bytes, n.n);
  sha1.finish(out->bytes);
  return true;
}

bool hash_ec(const br_x509_pkey& key, Fingerprint* out) {
  if (key.key_type != BR_KEYTYPE_EC || key.key.ec.qlen == 0) return false;
  static const char kName[] = {'e', 'c', 'd', 's', 'a'};
  SmallSha1 sha1;
  hash_u32(sha1, sizeof kName);
  sha1.update(kName, sizeof kName);
  hash_u32(sha1, 4);
  hash_u32(sha1, static_cast<size_t>(key.key.ec.curve));
  hash_u32(sha1, key.key.ec.qlen);
  sha1.update(key.key.ec.q, key.key.ec.qlen);
  sha1.finish(out->bytes);
  return true;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_separator(char c) {
  return c == ' ' || c == ':' || c == '-';
}

bool parse_hex(const char* text, Fingerprint* out) {
  for (size_t i = 0; i < kFingerprintBytes; ++i) {
    if (i != 0 && is_separator(*text)) ++text;
    const int high = hex_value(text[0]);
    if (high < 0) return false;
    const int low = hex_value(text[1]);
    if (low < 0) return false;
    out->bytes[i] = static_cast<uint8_t>(high * 16 + low);
    text += 2;
  }
  return *text == '\0';
}

bool all_bytes_are(const Fingerprint& fingerprint, uint8_t value) {
  for (size_t i = 0; i < kFingerprintBytes; ++i) {
    if (fingerprint.bytes[i] != value) return false;
  }
  return true;
}

}  // namespace

bool parse_fingerprint(const char* text, FingerprintSlot* slot) {
  FingerprintSlot parsed;
  memset(&parsed, 0, sizeof parsed);
  if (strcmp(text, "learn") == 0) {
    parsed.mode = SlotMode::learn;
  } else if (strcmp(text, "any") == 0) {
    parsed.mode = SlotMode::any;
  } else {
    if (!parse_hex(text, &parsed.fingerprint)) return false;
    parsed.mode = SlotMode::key;
    if (all_bytes_are(parsed.fingerprint, 0x00)) parsed.mode = SlotMode::learn;
    if (all_bytes_are(parsed.fingerprint, 0xFF)) parsed.mode = SlotMode::any;
  }
  *slot = parsed;
  return true;
}

bool fingerprint_of(const br_x509_pkey& key, Fingerprint* out) {
  return hash_rsa(key, true, out) || hash_ec(key, out);
}

bool fingerprint_v1_of(const br_x509_pkey& key, Fingerprint* out) {
  return hash_rsa(key, false, out);
}

bool fingerprint_equal(const Fingerprint& a, const Fingerprint& b) {
  uint32_t difference = 0;
  for (size_t i = 0; i < kFingerprintBytes; ++i) difference |= static_cast<uint32_t>(a.bytes[i] ^ b.bytes[i]);
  return difference == 0;
}

}  // namespace device
}  // namespace tlswatch

#endif
