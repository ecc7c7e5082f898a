#include "record_limits.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

namespace tlswatch::plugin {
namespace {

constexpr std::uint16_t kAes128Ccm8Sha256 = 0x1305;  // the one TLS 1.3 suite with a tag of 8 bytes

std::uint16_t mac_size(int digest_nid) noexcept {
  switch (digest_nid) {
    case NID_sha1: return 20;
    case NID_sha256: return 32;
    default: return 48;
  }
}

}  // namespace

std::uint16_t record_overhead(const SSL_CIPHER* cipher, std::uint16_t version) noexcept {
  if (cipher == nullptr) return 0;
  if (version == TLS1_3_VERSION) return SSL_CIPHER_get_protocol_id(cipher) == kAes128Ccm8Sha256 ? 9 : 17;
  if (SSL_CIPHER_is_aead(cipher) != 0)
    return SSL_CIPHER_get_cipher_nid(cipher) == NID_chacha20_poly1305 ? 16 : 24;
  constexpr std::uint16_t kBlock = 16;
  return static_cast<std::uint16_t>(kBlock + mac_size(SSL_CIPHER_get_digest_nid(cipher)) + kBlock);
}

}  // namespace tlswatch::plugin
