// A TLS session kept for the next connection, so that a reconnect skips the public-key work.
//
// It holds the master secret: whoever reads it can read the connections made with it, until the server
// forgets the session. It is kept only where the firmware asks for it, and it is bound to what it was made
// with: resuming skips the check of the server's identity, so another host, another fingerprint or another CA
// must not find it.
#ifndef TLSWATCH_SESSION_H
#define TLSWATCH_SESSION_H

#include <bearssl/bearssl.h>
#include <stddef.h>
#include <stdint.h>

namespace tlswatch {
namespace device {

/// The stored form, 100 bytes, in the device's own byte order.
struct SavedSession {
  uint32_t magic;
  uint32_t crc;      ///< of all that follows
  uint32_t binding;  ///< see session_pack
  uint16_t version;
  uint16_t cipher_suite;
  uint8_t session_id[32];
  uint8_t master_secret[48];
  uint8_t session_id_length;
  uint8_t unused[3];
};
static_assert(sizeof(SavedSession) == 100, "the stored form has no padding");

/// Packs the parameters of a finished handshake.
///
/// binding  a number that changes with the server's address, the way its identity is checked, and MFLN (a
/// server
///          refuses a session resumed under another MFLN): a CRC-32 over these will do, it is no secret
/// returns  false when the server gave the session no id: there is nothing to resume
bool session_pack(const br_ssl_session_parameters& parameters, uint32_t binding, SavedSession* saved);

/// Unpacks a stored session; false if it is corrupt, foreign, or bound to something else.
bool session_unpack(const SavedSession& saved, uint32_t binding, br_ssl_session_parameters* parameters);

/// Overwrites a secret with zeros, in a way that the compiler does not leave out.
void wipe(void* bytes, size_t n);

}  // namespace device
}  // namespace tlswatch

#endif
