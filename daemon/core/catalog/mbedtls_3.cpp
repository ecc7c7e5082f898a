#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// mbedTLS 3.x (3.6): numbers that are new, or mean something else than in 2.28.
// clang-format off
constexpr Row kRows[] = {
  {-0x7E80, server_only, "SSL_CACHE_ENTRY_NOT_FOUND", "a session is not in the server's cache"},
  {-0x7C80, resumption, "SSL_CANNOT_WRITE_EARLY_DATA", "early data cannot be sent on this connection"},
  {-0x7C00, server_only, "SSL_RECEIVED_EARLY_DATA", "early data came from a client"},
  {-0x7B80, server_only, "SSL_CANNOT_READ_EARLY_DATA", "early data cannot be read"},
  {-0x7B00, again, "SSL_RECEIVED_NEW_SESSION_TICKET", "the server sent a session ticket (TLS 1.3); reading goes on after it"},
  {-0x7A00, chain_malformed, "SSL_BAD_CERTIFICATE", "the server's Certificate message cannot be read, or its certificate does not fit"},
  {-0x7800, sni, "SSL_UNRECOGNIZED_NAME", "no server answers to the name that the client sent"},
  {-0x7580, alpn, "SSL_NO_APPLICATION_PROTOCOL", "client and server have no application protocol in common"},
  {-0x7500, handshake_broken, "SSL_UNSUPPORTED_EXTENSION", "the server answered with an extension that was not asked for"},
  {-0x7300, handshake_broken, "SSL_DECODE_ERROR", "a message of the server cannot be decoded"},
  {-0x6E80, version, "SSL_BAD_PROTOCOL_VERSION", "the server chose a protocol version outside of what the device allows"},
  {-0x6E00, no_cipher, "SSL_HANDSHAKE_FAILURE", "the two sides found nothing that both can use: suite, group or signature"},
  {-0x6600, handshake_broken, "SSL_ILLEGAL_PARAMETER", "a field in the server's message has a value that may not be there"},
  {-0x5880, not_for_tls, "PKCS7_CERT_DATE_INVALID", "a PKCS#7 certificate is out of its dates"},
  {-0x5800, not_for_tls, "PKCS7_VERIFY_FAIL", "a PKCS#7 signature does not verify"},
  {-0x5780, not_for_tls, "PKCS7_BAD_INPUT_DATA", "PKCS#7 was called with bad parameters"},
  {-0x5700, memory, "PKCS7_ALLOC_FAILED", "no memory for PKCS#7"},
  {-0x5680, not_for_tls, "PKCS7_INVALID_SIGNER_INFO", "a PKCS#7 signer cannot be read"},
  {-0x5600, not_for_tls, "PKCS7_INVALID_SIGNATURE", "a PKCS#7 signature cannot be read"},
  {-0x5580, not_for_tls, "PKCS7_INVALID_CERT", "a PKCS#7 certificate cannot be read"},
  {-0x5500, not_for_tls, "PKCS7_INVALID_ALG", "a PKCS#7 algorithm cannot be read"},
  {-0x5480, not_for_tls, "PKCS7_INVALID_CONTENT_INFO", "a PKCS#7 content cannot be read"},
  {-0x5400, not_for_tls, "PKCS7_INVALID_VERSION", "a PKCS#7 version does not exist"},
  {-0x5380, not_for_tls, "PKCS7_FEATURE_UNAVAILABLE", "a PKCS#7 feature was not built in"},
  {-0x5300, not_for_tls, "PKCS7_INVALID_FORMAT", "PKCS#7 data cannot be read"},
  {-0x3880, key_large, "PK_BUFFER_TOO_SMALL", "a buffer is too small for a key or signature"},
  {-0x0076, misuse, "SHA3_BAD_INPUT_DATA", "SHA-3 was called with bad parameters"},
  {-0x0019, not_for_tls, "LMS_BUFFER_TOO_SMALL", "a buffer is too small for an LMS signature"},
  {-0x0017, memory, "LMS_ALLOC_FAILED", "no memory for an LMS key"},
  {-0x0015, not_for_tls, "LMS_VERIFY_FAILED", "an LMS signature does not verify"},
  {-0x0013, not_for_tls, "LMS_OUT_OF_PRIVATE_KEYS", "an LMS key has used up its signatures"},
  {-0x0011, not_for_tls, "LMS_BAD_INPUT_DATA", "LMS signatures were called with bad parameters"},
};
// clang-format on

}  // namespace

std::span<const Row> mbedtls_3() noexcept {
  return kRows;
}

}  // namespace tlswatch::catalog
