// The reader of a certificate's key over any bytes, in one piece and byte by byte; and where BearSSL's
// decoder finds a key too, it is the same one.
#include <bearssl/bearssl.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "tlswatch_fingerprint.h"
#include "tlswatch_key_reader.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  KeyReader at_once;
  at_once.begin(static_cast<std::uint32_t>(size));
  at_once.take(data, size);
  const int error = at_once.end();

  KeyReader byte_by_byte;
  byte_by_byte.begin(static_cast<std::uint32_t>(size));
  for (std::size_t i = 0; i < size; ++i) byte_by_byte.take(data + i, 1);
  if (byte_by_byte.end() != error) std::abort();
  if (error != 0) return 0;

  Fingerprint ours;
  const bool has_key = fingerprint_of(at_once.key(), &ours);
  br_x509_decoder_context decoder;
  br_x509_decoder_init(&decoder, nullptr, nullptr);
  br_x509_decoder_push(&decoder, data, size);
  const br_x509_pkey* key = br_x509_decoder_get_pkey(&decoder);
  const bool other_curve = at_once.key().key_type == BR_KEYTYPE_EC && at_once.key().key.ec.curve == 0;
  if (key == nullptr || !has_key || other_curve) return 0;
  Fingerprint theirs;
  if (!fingerprint_of(*key, &theirs) || !fingerprint_equal(ours, theirs)) std::abort();
  return 0;
}
