#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_codes.h"
#include "tlswatch_crc32.h"
#include "tlswatch_fingerprint_x509.h"

namespace tlswatch {
namespace device {
namespace {

// BearSSL hands back the address of the context's first member.
FingerprintX509& self(const br_x509_class** vtable) {
  return *reinterpret_cast<FingerprintX509*>(vtable);
}

void start_chain(const br_x509_class** vtable, const char*) {
  FingerprintX509& context = self(vtable);
  context.match = FingerprintMatch::none;
  context.has_seen = false;
  context.first_certificate = true;
}

void start_cert(const br_x509_class** vtable, uint32_t length) {
  FingerprintX509& context = self(vtable);
  if (context.first_certificate) context.reader->begin(length);
}

void append(const br_x509_class** vtable, const unsigned char* bytes, size_t n) {
  FingerprintX509& context = self(vtable);
  if (context.first_certificate) context.reader->take(bytes, n);
}

// The chain behind the server's own certificate says nothing here.
void end_cert(const br_x509_class** vtable) {
  self(vtable).first_certificate = false;
}

bool slot_holds(const FingerprintSlot& slot, const Fingerprint& fingerprint) {
  return slot.mode == SlotMode::key && fingerprint_equal(slot.fingerprint, fingerprint);
}

bool accept_held(FingerprintX509& context, const Fingerprint& fingerprint, FingerprintMatch how) {
  for (uint8_t i = 0; i < kFingerprintSlots; ++i) {
    if (!slot_holds(context.slots[i], fingerprint)) continue;
    context.match = how;
    context.matched_slot = i;
    return true;
  }
  return false;
}

bool accept_mode(FingerprintX509& context, SlotMode mode, FingerprintMatch how) {
  for (uint8_t i = 0; i < kFingerprintSlots; ++i) {
    if (context.slots[i].mode != mode) continue;
    context.match = how;
    context.matched_slot = i;
    return true;
  }
  return false;
}

unsigned end_chain(const br_x509_class** vtable) {
  FingerprintX509& context = self(vtable);
  if (context.first_certificate) return BR_ERR_X509_EMPTY_CHAIN;
  const int error = context.reader->end();
  if (error != 0) return static_cast<unsigned>(error);
  const br_x509_pkey& key = context.reader->key();
  if (!fingerprint_of(key, &context.seen)) return BR_ERR_X509_WRONG_KEY_TYPE;
  context.has_seen = true;

  if (accept_held(context, context.seen, FingerprintMatch::v2)) return 0;
  Fingerprint old;
  if (fingerprint_v1_of(key, &old) && accept_held(context, old, FingerprintMatch::v1)) return 0;
  if (accept_mode(context, SlotMode::learn, FingerprintMatch::learned)) return 0;
  if (accept_mode(context, SlotMode::any, FingerprintMatch::any)) return 0;
  return static_cast<unsigned>(kFingerprintMismatch);
}

const br_x509_pkey* get_pkey(const br_x509_class* const* vtable, unsigned* usages) {
  const FingerprintX509& context = *reinterpret_cast<const FingerprintX509*>(vtable);
  if (usages != nullptr) *usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
  return context.has_seen ? &context.reader->key() : nullptr;
}

const br_x509_class kClass = {
    sizeof(FingerprintX509), start_chain, start_cert, append, end_cert, end_chain, get_pkey};

// A resumed session shows no certificate: what an earlier handshake saw must not be taken for this one's.
const br_x509_class** start(void* checked, void* memory) {
  FingerprintX509& context = *static_cast<FingerprintX509*>(checked);
  context.vtable = &kClass;  // whatever an earlier connection has put in its place
  context.reader = static_cast<KeyReader*>(memory);
  context.match = FingerprintMatch::none;
  context.has_seen = false;
  return &context.vtable;
}

uint32_t digest(void* checked) {
  uint32_t crc = 0;
  for (const FingerprintSlot& slot : static_cast<FingerprintX509*>(checked)->slots) {
    crc = crc32(&slot, sizeof slot, crc);
  }
  return crc;
}

}  // namespace

ServerCheck fingerprint_check(FingerprintX509& context) {
  return ServerCheck{&context, sizeof(KeyReader), start, digest};
}

void fingerprint_x509_init(FingerprintX509& context, const FingerprintSlot (&slots)[kFingerprintSlots]) {
  memset(&context, 0, sizeof context);
  memcpy(context.slots, slots, sizeof context.slots);
}

}  // namespace device
}  // namespace tlswatch

#endif
