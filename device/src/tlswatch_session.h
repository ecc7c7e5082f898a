// A TLS session kept for the next connection, so that a reconnect after a reset or deep sleep skips the
// public-key work.
//
// It holds the master secret: whoever reads it can read the connections made with it and pose as the device's
// server or, to the server, as the device, until the server forgets the session. It is kept only where the
// firmware asks for it (off by default), and it is bound to what it was made with: resuming skips the check
// of the server's identity, so another host, another fingerprint or another CA must not find it.
#ifndef TLSWATCH_SESSION_H
#define TLSWATCH_SESSION_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "tlswatch_store.h"

namespace tlswatch {
namespace device {

/// The stored form: 88 bytes, 22 blocks of an ESP8266's RTC memory, the same on every machine. 83 of them are
/// the session; the version is not among them, a device speaks TLS 1.2 only.
struct SavedSession {
  uint8_t check[4];         ///< CRC-32, little-endian, over the binding (little-endian, too) and what follows
  uint8_t cipher_suite[2];  ///< IANA number, little-endian
  uint8_t format;           ///< 1
  uint8_t session_id_length;
  uint8_t session_id[32];
  uint8_t master_secret[48];
};
static_assert(sizeof(SavedSession) == 88, "bytes only, no padding");

/// Packs the parameters of a finished handshake.
///
/// binding  a number that changes with the server's address, the way its identity is checked, and MFLN (a
///          server refuses a session resumed under another MFLN): a CRC-32 will do, it is no secret
/// returns  false when the server gave the session no id: there is nothing to resume
bool session_pack(const br_ssl_session_parameters& parameters, uint32_t binding, SavedSession* saved);

/// Unpacks a stored session; false if it is corrupt, foreign, or bound to something else.
bool session_unpack(const SavedSession& saved, uint32_t binding, br_ssl_session_parameters* parameters);

/// How sessions are kept: functions behind pointers, so that a firmware without resumption does not link
/// them.
struct SessionKeeping {
  /// Loads what the store has for this binding; false if that is nothing.
  bool (*load)(const Store& store, uint32_t binding, br_ssl_session_parameters* parameters);
  /// Saves the parameters; null, or a session without an id: forgets what is stored.
  void (*keep)(const Store& store, uint32_t binding, const br_ssl_session_parameters* parameters);
};
extern const SessionKeeping kSessionKeeping;

/// Overwrites a secret with zeros, in a way that the compiler does not leave out.
void wipe(void* bytes, size_t n);

}  // namespace device
}  // namespace tlswatch

#endif
