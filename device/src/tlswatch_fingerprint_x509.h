// Server identity by public key fingerprint: a BearSSL X.509 engine that reads the key out of the server's
// own certificate and compares it with the two slots. It checks no signature, no date and no name: the pinned
// key is the identity, and the handshake proves that the server has it.
//
// The reader of certificates (0.6 KB) is needed only while the handshake runs; slots and outcome stay.
#ifndef TLSWATCH_FINGERPRINT_X509_H
#define TLSWATCH_FINGERPRINT_X509_H

#include <bearssl/bearssl.h>
#include <stdint.h>

#include "tlswatch_fingerprint.h"
#include "tlswatch_key_reader.h"
#include "tlswatch_server_check.h"

namespace tlswatch {
namespace device {

/// How the key was accepted.
enum class FingerprintMatch : uint8_t { none, v2, v1, learned, any };

/// The engine's context; must outlive the connection.
struct FingerprintX509 {
  const br_x509_class* vtable;
  FingerprintSlot slots[kFingerprintSlots];
  KeyReader* reader;       ///< in the memory given to ServerCheck::start
  Fingerprint seen;        ///< fingerprint of the server's key, valid when has_seen
  FingerprintMatch match;  ///< of the last handshake
  uint8_t matched_slot;    ///< 0 or 1; the slot that is to learn, for FingerprintMatch::learned
  bool has_seen;
  bool first_certificate;
};

/// Prepares a context. A slot that holds the key wins over one that would learn it, and that over `any`: so
/// nothing is learnt that the other slot already holds. The engine's verdict is 0, kFingerprintMismatch, or a
/// BR_ERR_X509_* where the certificate cannot be read.
void fingerprint_x509_init(FingerprintX509& context, const FingerprintSlot (&slots)[kFingerprintSlots]);

/// The check by an initialised context, for as many connections as you like.
ServerCheck fingerprint_check(FingerprintX509& context);

}  // namespace device
}  // namespace tlswatch

#endif
