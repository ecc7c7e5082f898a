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

RecordOverhead record_overhead(const SSL_CIPHER* cipher, std::uint16_t version) noexcept {
  if (cipher == nullptr) return {};
  const std::uint16_t suite = SSL_CIPHER_get_protocol_id(cipher);
  const auto exactly = [](int n) { return RecordOverhead{static_cast<std::uint16_t>(n), 0}; };
  if (version == TLS1_3_VERSION) return exactly(suite == kAes128Ccm8Sha256 ? 9 : 17);
  const int nid = SSL_CIPHER_get_cipher_nid(cipher);
  if (nid == NID_chacha20_poly1305) return exactly(16);
  if (nid == NID_aes_128_ccm || nid == NID_aes_256_ccm) return {24, 8};  // a tag of 16 bytes, or of 8
  if (SSL_CIPHER_is_aead(cipher) != 0) return exactly(24);
  constexpr std::uint16_t kBlock = 16;
  const std::uint16_t mac = mac_size(SSL_CIPHER_get_digest_nid(cipher));
  return {static_cast<std::uint16_t>(kBlock + mac + kBlock), kBlock - 1};
}

}  // namespace tlswatch::plugin
