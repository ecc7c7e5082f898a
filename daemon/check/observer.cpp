#include "daemon/check/observer.h"

#include <algorithm>

#include "daemon/core/tls/names.h"
#include "daemon/core/tls/server_hello.h"

namespace tlswatch::check {
namespace {

using wire::Bytes;
using wire::Cursor;

// RFC 8446 sections 4 and 5.1, RFC 5246 section 7.4.
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kEncryptedExtensions = 8;
constexpr std::uint8_t kCertificate = 11;
constexpr std::uint8_t kServerKeyExchange = 12;
constexpr std::uint8_t kCertificateRequest = 13;
constexpr std::uint8_t kCertificateVerify = 15;
constexpr std::uint8_t kChangeCipherSpec = 20;
constexpr std::uint8_t kApplicationData = 23;
constexpr std::uint8_t kFatal = 2;
constexpr std::uint8_t kCloseNotify = 0;
constexpr std::uint8_t kUserCanceled = 90;
constexpr std::uint8_t kNamedCurve = 3;  // RFC 8422 section 5.4

}  // namespace

void Observer::record_header(Bytes header) {
  Cursor c(header);
  const std::uint8_t type = c.u8();
  c.be16();
  const std::uint16_t length = c.be16();
  if (!c.ok()) return;
  facts::Traffic& traffic = data_ ? in_data_ : in_handshake_;
  std::uint16_t& largest =
      protected_ || type == kApplicationData ? traffic.largest_protected : traffic.largest_plain;
  largest = std::max(largest, length);
  // TLS 1.3's, for middleboxes, changes nothing: what it protects are type 23.
  if (type == kChangeCipherSpec && heard_.version < tls::kTls13) protected_ = true;
}

void Observer::handshake_message(Bytes message) {
  if (message.empty()) return;
  switch (message[0]) {
    case kServerHello: return server_hello(message);
    case kEncryptedExtensions: {
      const auto extensions = tls::parse_encrypted_extensions(message);
      if (!extensions || !extensions->max_fragment_length) return;
      heard_.mfln_echoed = extensions->max_fragment_length->bytes();
      heard_.bad_mfln = !extensions->max_fragment_length->valid();
      return;
    }
    case kCertificate: return certificate(message);
    case kCertificateRequest: heard_.asks_certificate = true; return;
    case kServerKeyExchange:
    case kCertificateVerify: return signature(message, message[0]);
    default: return;
  }
}

void Observer::server_hello(Bytes message) {
  const auto hello = tls::parse_server_hello(message);
  if (!hello || hello->hello_retry_request) return;
  heard_.version = hello->version;
  heard_.cipher_suite = hello->cipher_suite;
  heard_.encrypt_then_mac = hello->encrypt_then_mac;
  if (!hello->max_fragment_length) return;
  heard_.mfln_echoed = hello->max_fragment_length->bytes();
  heard_.bad_mfln = !hello->max_fragment_length->valid();
}

void Observer::certificate(Bytes message) {
  if (heard_.certificate_message) return;
  heard_.certificate_message = static_cast<std::uint32_t>(message.size());
  const bool tls13 = heard_.version == tls::kTls13;
  Cursor c(message);
  c.skip(4);  // msg_type and length
  if (tls13) c.vector8();
  Cursor list(c.vector24());
  while (list.ok() && list.left() != 0 && heard_.chain.size() < kMaxChain) {
    const Bytes der = list.vector24();
    if (tls13) list.vector16();
    if (list.ok()) heard_.chain.emplace_back(der.begin(), der.end());
  }
}

// A ServerKeyExchange of ECDHE has the scheme behind the key (RFC 8422 section 5.4); no profile has DHE.
void Observer::signature(Bytes message, std::uint8_t type) {
  Cursor c(message);
  c.skip(4);
  if (type == kServerKeyExchange) {
    if (heard_.version != tls::kTls12 || c.u8() != kNamedCurve) return;
    c.be16();
    c.vector8();
  }
  const std::uint16_t scheme = c.be16();
  c.vector16();
  if (c.done()) heard_.signature_scheme = scheme;
}

void Observer::alert(std::uint8_t level, std::uint8_t description) {
  // TLS 1.3 does not look at the level (RFC 8446 section 6); these two are no errors there.
  const bool error13 =
      heard_.version == tls::kTls13 && description != kCloseNotify && description != kUserCanceled;
  if ((level == kFatal || error13) && !heard_.fatal_alert) heard_.fatal_alert = description;
}

void Observer::start_of_data() {
  data_ = true;
}

}  // namespace tlswatch::check
