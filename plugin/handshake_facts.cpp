#include "handshake_facts.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>

#include "clock.h"
#include "emit.h"
#include "record_limits.h"
#include "state.h"

namespace tlswatch::plugin {
namespace {

void advance(Session& s, wire::Stage stage) noexcept {
  if (stage > s.stage) s.stage = stage;
}

template <std::size_t N>
void keep(Message<N>& message, const std::uint8_t* bytes, std::size_t size) noexcept {
  const std::size_t n = std::min(size, N);
  std::memcpy(message.bytes, bytes, n);
  message.size = static_cast<std::uint16_t>(n);
  message.cut = size > N;
}

/// The certificate that we show: chosen by the time the ServerHello or Certificate goes out, and the best
/// guess (the listener's) when the handshake fails before.
void note_server_certificate(Session& s, SSL* ssl) noexcept {
  X509* const certificate = s.role == wire::Role::server ? SSL_get_certificate(ssl) : nullptr;
  if (certificate == nullptr) return;
  s.certificate = g_state.certificates.find_or_add(certificate);
  if (s.certificate != kNoCertificate)
    s.certificate_generation = g_state.certificates.generation(s.certificate);
}

/// OpenSSL's state machine gave up for good; SSL_state_string(3) is where it says so.
bool in_error(const SSL* ssl) noexcept {
  return std::strcmp(SSL_state_string(ssl), "SSLERR") == 0;
}

bool would_block(const SSL* ssl) noexcept {
  BIO* const in = SSL_get_rbio(ssl);
  BIO* const out = SSL_get_wbio(ssl);
  return (in != nullptr && BIO_should_retry(in)) || (out != nullptr && BIO_should_retry(out));
}

}  // namespace

void note_negotiated(Session& s, SSL* ssl) noexcept {
  const SSL_CIPHER* cipher = SSL_get_pending_cipher(ssl);
  if (cipher == nullptr) cipher = SSL_get_current_cipher(ssl);
  s.version = static_cast<std::uint16_t>(SSL_version(ssl));
  if (cipher != nullptr) {
    s.cipher_suite = SSL_CIPHER_get_protocol_id(cipher);
    s.secret_bits = static_cast<std::uint16_t>(SSL_CIPHER_get_bits(cipher, nullptr));
    const int auth = SSL_CIPHER_get_auth_nid(cipher);
    const int kx = SSL_CIPHER_get_kx_nid(cipher);
    s.psk = auth == NID_auth_psk || kx == NID_kx_rsa_psk;
  }
  if (const SSL_SESSION* session = SSL_get_session(ssl); session != nullptr) {
    s.max_fragment_length = SSL_SESSION_get_max_fragment_length(session);
  }
  s.overhead = record_overhead(cipher, s.version);
}

void note_client_message(Session& s, const std::uint8_t* bytes, std::size_t size) noexcept {
  switch (bytes[0]) {
    case SSL3_MT_CLIENT_HELLO:
      if (s.hello_seen) return;  // after a HelloRetryRequest, or a renegotiation: the first one counts
      s.hello_seen = true;
      s.hello_ns = monotonic_ns();
      advance(s, wire::Stage::client_hello);
      if (s.buffer != nullptr) keep(s.buffer->client_hello, bytes, size);
      emit_session_start(s);
      return;
    case SSL3_MT_CERTIFICATE:
      advance(s, wire::Stage::client_certificate);
      if (s.buffer != nullptr) keep(s.buffer->client_certificate, bytes, size);
      return;
    case SSL3_MT_CLIENT_KEY_EXCHANGE:
      advance(s, wire::Stage::key_exchange);
      if (s.psk && s.buffer != nullptr) keep(s.buffer->psk_key_exchange, bytes, size);
      return;
    case SSL3_MT_FINISHED: advance(s, wire::Stage::finished); return;
    default: return;
  }
}

void note_server_message(Session& s, SSL* ssl, const std::uint8_t* bytes, std::size_t size) noexcept {
  switch (bytes[0]) {
    case SSL3_MT_SERVER_HELLO:
      advance(s, wire::Stage::server_hello);
      note_negotiated(s, ssl);
      if (s.buffer != nullptr) keep(s.buffer->server_hello, bytes, size);
      return;
    case SSL3_MT_ENCRYPTED_EXTENSIONS:
      if (s.buffer != nullptr) keep(s.buffer->encrypted_extensions, bytes, size);
      return;
    case SSL3_MT_CERTIFICATE:
      advance(s, wire::Stage::certificate_sent);
      s.server_chain = static_cast<std::uint32_t>(size);
      note_server_certificate(s, ssl);
      return;
    case SSL3_MT_SERVER_KEY_EXCHANGE:
      if (s.buffer != nullptr) keep(s.buffer->server_key_exchange, bytes, std::min<std::size_t>(size, 8));
      return;
    case SSL3_MT_CERTIFICATE_REQUEST: s.flags |= wire::kClientCertAsked; return;
    default: return;
  }
}

void note_alert(Session& s, SSL* ssl, bool received, int value) noexcept {
  if (s.alert_count < kMaxAlerts) {
    Alert& alert = s.alerts[s.alert_count++];
    alert.direction = received ? wire::Direction::received : wire::Direction::sent;
    alert.level = static_cast<std::uint8_t>(value >> 8);
    alert.description = static_cast<std::uint8_t>(value);
  }
  if (!s.ended && s.certificate == kNoCertificate) note_server_certificate(s, ssl);
}

// SSL_CB_EXIT comes with every would-block too: only an SSL in its error state has failed, or one that does
// not wait for the socket and left an error (3.2 on does so when the first record is not TLS).
void note_error(Session& s, const SSL* ssl) noexcept {
  if (s.error_seen) return;
  const unsigned long code = ERR_peek_last_error();
  if (!in_error(ssl) && (would_block(ssl) || ERR_GET_LIB(code) != ERR_LIB_SSL)) return;
  s.error_seen = true;
  s.error = code;
  const char* const reason = ERR_reason_error_string(code);
  if (s.buffer == nullptr || reason == nullptr) return;
  std::strncpy(s.buffer->error_reason, reason, sizeof s.buffer->error_reason - 1);
  s.buffer->error_reason[sizeof s.buffer->error_reason - 1] = '\0';
}

void note_traffic(Session& s, const SSL* ssl) noexcept {
  BIO* const in = SSL_get_rbio(ssl);
  BIO* const out = SSL_get_wbio(ssl);
  if (s.ended || in == nullptr || out == nullptr) return;
  s.bytes_in = BIO_number_read(in);
  s.bytes_out = BIO_number_written(out);
}

}  // namespace tlswatch::plugin
