// Reads what the server answered to the MFLN request out of its clear-text ServerHello.
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

/// The agreed maximum fragment length in bytes: 512, 1024, 2048, 4096; 0 where there is none.
///
/// record  the first record that a server sent, whole, with its header (RFC 5246 section 6.2.1); n bytes
/// limits  It judges nothing: what does not look like a ServerHello has no MFLN, and BearSSL will fail on it.
///         A ServerHello that goes on in a second record, which no server of ours sends, has none either.
uint16_t server_hello_mfln(const uint8_t* record, size_t n);

}  // namespace device
}  // namespace tlswatch

#endif
