#include "daemon/core/catalog/tables.h"

namespace tlswatch::catalog {
namespace {

using enum Topic;

// The verify flags beside MBEDTLS_ERR_X509_CERT_VERIFY_FAILED: one bit each.
// clang-format off
constexpr Row kRows[] = {
  {0x00001, expired, "BADCERT_EXPIRED", "the certificate has expired"},
  {0x00002, revoked, "BADCERT_REVOKED", "the certificate is revoked"},
  {0x00004, server_name, "BADCERT_CN_MISMATCH", "the certificate does not name the host that the device connects to"},
  {0x00008, ca_unknown, "BADCERT_NOT_TRUSTED", "the chain does not lead to a CA that the device trusts"},
  {0x00010, crl, "BADCRL_NOT_TRUSTED", "the revocation list is not signed by a CA that the device trusts"},
  {0x00020, crl, "BADCRL_EXPIRED", "the revocation list is out of date"},
  {0x00040, handshake_broken, "BADCERT_MISSING", "the server sent no certificate"},
  {0x00080, rejected, "BADCERT_SKIP_VERIFY", "the check was left out, as the firmware asked"},
  {0x00100, rejected, "BADCERT_OTHER", "the firmware's own check rejected it, or a check that has no flag of its own"},
  {0x00200, not_yet_valid, "BADCERT_FUTURE", "the certificate is not yet valid by the device's clock"},
  {0x00400, crl, "BADCRL_FUTURE", "the revocation list is not yet valid by the device's clock"},
  {0x00800, purpose, "BADCERT_KEY_USAGE", "the certificate's key usage does not allow this"},
  {0x01000, purpose, "BADCERT_EXT_KEY_USAGE", "the certificate's extended key usage does not allow this"},
  {0x02000, purpose, "BADCERT_NS_CERT_TYPE", "the certificate's Netscape type does not allow this"},
  {0x04000, signature_algorithm, "BADCERT_BAD_MD", "a certificate is signed with a hash that the device does not accept"},
  {0x08000, signature_algorithm, "BADCERT_BAD_PK", "a certificate is signed by a kind of key that the device does not accept"},
  {0x10000, key_small, "BADCERT_BAD_KEY", "a key in the chain is too small or on a curve that the device does not accept"},
  {0x20000, crl, "BADCRL_BAD_MD", "the revocation list is signed with a hash that the device does not accept"},
  {0x40000, crl, "BADCRL_BAD_PK", "the revocation list is signed by a kind of key that the device does not accept"},
  {0x80000, crl, "BADCRL_BAD_KEY", "the key that signed the revocation list is too small or on a curve that the device does not accept"},
};
// clang-format on

}  // namespace

std::span<const Row> mbedtls_flags() noexcept {
  return kRows;
}

}  // namespace tlswatch::catalog
