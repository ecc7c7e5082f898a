#include "tls_watch.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "emit.h"
#include "record_limits.h"
#include "state.h"
#include "tcp_facts.h"

// Which OpenSSL call is safe in which callback was found by running them on 3.0 and 3.5:
// - the new callback runs before SSL_new has set ctx and method (3.2 on): only SSL_set_info_callback is safe;
// - the first info callback is early enough to set the message callback and still see the ClientHello;
// - in the free callback the SSL is taken apart already (3.2 on): only what was kept may be used;
// - from 3.2 on, record headers are shown only where the message callback was there when the record layer was
// made:
//   those of protected records. What came before is known from the BIO: its first bytes, its totals.

namespace tlswatch::plugin {
namespace {

int g_ssl_index = -1;

/// Nothing of ours may change what the broker finds in errno or in OpenSSL's error queue: it looks there
/// after every SSL_read, and 2.0 does not clear the queue before.
class Untouched {
 public:
  Untouched() noexcept : errno_(errno) { ERR_set_mark(); }
  ~Untouched() {
    ERR_pop_to_mark();
    errno = errno_;
  }
  Untouched(const Untouched&) = delete;
  Untouched& operator=(const Untouched&) = delete;

 private:
  int errno_;
};

Session* session_of(const SSL* ssl) noexcept {
  return static_cast<Session*>(SSL_get_ex_data(ssl, g_ssl_index));
}

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

void release_buffer(Session& s) noexcept {
  if (s.buffer == nullptr) return;
  g_state.sessions.give_back(s.buffer);
  s.buffer = nullptr;
}

/// The certificate that we show: chosen by the time the ServerHello or Certificate goes out, and the best
/// guess (the listener's) when the handshake fails before.
void note_server_certificate(Session& s, SSL* ssl) noexcept {
  X509* const certificate = SSL_get_certificate(ssl);
  if (certificate == nullptr) return;
  s.certificate = g_state.certificates.find_or_add(certificate);
  if (s.certificate != kNoCertificate)
    s.certificate_generation = g_state.certificates.generation(s.certificate);
}

/// What the ServerHello has settled.
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
  const std::uint16_t overhead = record_overhead(cipher, s.version);
  for (std::size_t i = 0; i < 4; ++i)
    s.limits[i] = static_cast<std::uint16_t>(kFragmentLengths[i] + overhead);
}

void on_message_in(Session& s, const std::uint8_t* bytes, std::size_t size) noexcept {
  switch (bytes[0]) {
    case SSL3_MT_CLIENT_HELLO:
      if (s.hello_seen) return;  // after a HelloRetryRequest, or a renegotiation: the first one counts
      s.hello_seen = true;
      s.hello_ns = clock_ns(CLOCK_MONOTONIC);
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

void on_message_out(Session& s, SSL* ssl, const std::uint8_t* bytes, std::size_t size) noexcept {
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

/// A record header (RFC 8446 section 5.1): type, version, length. Before the handshake's end the BIO counts.
void on_record_in(Session& s, const std::uint8_t* bytes) noexcept {
  if (!s.ended) return;
  const auto length = static_cast<std::uint16_t>(bytes[3] << 8 | bytes[4]);
  s.bytes_in += SSL3_RT_HEADER_LENGTH + std::uint64_t{length};
  if (bytes[0] != SSL3_RT_APPLICATION_DATA) return;
  s.last_in = length;
  g_state.identity.on_read(&s);
}

void on_record_out(Session& s, const std::uint8_t* bytes) noexcept {
  const std::uint8_t type = bytes[0];
  const auto length = static_cast<std::uint16_t>(bytes[3] << 8 | bytes[4]);
  if (s.ended) s.bytes_out += SSL3_RT_HEADER_LENGTH + std::uint64_t{length};
  // TLS 1.3 shows every protected record as application data; up to 1.2 all is protected after
  // ChangeCipherSpec.
  const bool is_protected = type == SSL3_RT_APPLICATION_DATA || s.write_protected;
  if (!is_protected) {
    s.largest_plain = std::max(s.largest_plain, length);
    for (std::size_t i = 0; i < 4 && length > kFragmentLengths[i]; ++i) ++s.over[i];
    return;
  }
  s.largest_protected = std::max(s.largest_protected, length);
  for (std::size_t i = 0; i < 4 && length > s.limits[i]; ++i) ++s.over[i];
}

[[gnu::noinline]] void on_handshake_message(Session& s, SSL* ssl, bool out, int content_type,
                                            const std::uint8_t* bytes, std::size_t size) noexcept {
  if (!watching()) return;
  const Untouched untouched;
  if (content_type == SSL3_RT_CHANGE_CIPHER_SPEC && out && s.version != TLS1_3_VERSION)
    s.write_protected = true;
  if (content_type != SSL3_RT_HANDSHAKE) return;
  if (out) {
    on_message_out(s, ssl, bytes, size);
  } else {
    on_message_in(s, bytes, size);
  }
}

/// Runs for every record, as long as the session lives: the header's part is kept short.
void message_callback(int write_p, int, int content_type, const void* buffer, std::size_t size, SSL* ssl,
                      void* arg) noexcept {
  auto& session = *static_cast<Session*>(arg);
  const auto* const bytes = static_cast<const std::uint8_t*>(buffer);
  if (content_type != SSL3_RT_HEADER) {
    if (!session.ended && size != 0)
      on_handshake_message(session, ssl, write_p != 0, content_type, bytes, size);
    return;
  }
  if (size < SSL3_RT_HEADER_LENGTH) return;
  if (write_p == 0) {
    on_record_in(session, bytes);
  } else {
    on_record_out(session, bytes);
  }
}

/// The first five bytes that came: of a connection that is not TLS, all that there is to know.
long bio_callback(BIO* bio, int operation, const char* data, std::size_t, int, long, int result,
                  std::size_t* processed) noexcept {
  if (operation != (BIO_CB_READ | BIO_CB_RETURN) || result <= 0 || processed == nullptr) return result;
  auto& s = *reinterpret_cast<Session*>(BIO_get_callback_arg(bio));
  const std::size_t n = std::min(*processed, sizeof s.first_bytes - s.first_size);
  std::memcpy(s.first_bytes + s.first_size, data, n);
  s.first_size = static_cast<std::uint8_t>(s.first_size + n);
  if (s.first_size == sizeof s.first_bytes) BIO_set_callback_ex(bio, nullptr);
  return result;
}

void watch_first_bytes(Session& s, BIO* bio) noexcept {
  if (bio == nullptr || BIO_get_callback_ex(bio) != nullptr) return;
  BIO_set_callback_arg(bio, reinterpret_cast<char*>(&s));
  BIO_set_callback_ex(bio, bio_callback);
}

/// The totals of a handshake; counted from the record headers afterwards.
void note_traffic(Session& s, const SSL* ssl) noexcept {
  BIO* const in = SSL_get_rbio(ssl);
  BIO* const out = SSL_get_wbio(ssl);
  if (s.ended || in == nullptr || out == nullptr) return;
  s.bytes_in = BIO_number_read(in);
  s.bytes_out = BIO_number_written(out);
}

/// Notes why a client's certificate was refused, and lets the callback that was there before decide, as if
/// ours were not: OpenSSL itself decides where there was none.
int verify_callback(int ok, X509_STORE_CTX* store) noexcept {
  const auto* const ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  Session* const session = ssl == nullptr ? nullptr : session_of(ssl);
  const int before = X509_STORE_CTX_get_error(store);
  const int depth = X509_STORE_CTX_get_error_depth(store);
  const int verdict = session == nullptr || session->verify == nullptr ? ok : session->verify(ok, store);
  if (session != nullptr && verdict == 0 && session->verify_error == 0) {
    session->verify_error = static_cast<std::uint32_t>(before);
    session->verify_depth = depth;
  }
  return verdict;
}

/// The broker's own index for its struct mosquitto*: mosquitto registers it first of all (index 0 is
/// OpenSSL's app_data), and sets it on outgoing bridges before they connect.
constexpr int kBridgeIndex = 1;

bool begin_watching(Session& s, SSL* ssl) noexcept {
  s.watched = true;
  if (SSL_is_server(ssl) != 0) {
    s.role = wire::Role::server;
  } else if (SSL_get_ex_data(ssl, kBridgeIndex) != nullptr) {
    s.role = wire::Role::bridge;
  } else {
    return false;  // another plugin's client, such as an HTTP authentication back end
  }
  s.fd = SSL_get_fd(ssl);
  s.peer = read_peer_address(s.fd);
  s.local = read_local_address(s.fd);
  watch_first_bytes(s, SSL_get_rbio(ssl));
  s.buffer = g_state.sessions.take_buffer();
  if (s.buffer == nullptr) {
    s.flags |= wire::kUnwatchedBuffer;
    ++g_state.counters.unbuffered_handshakes;
  }
  SSL_set_msg_callback(
      ssl, reinterpret_cast<void (*)(int, int, int, const void*, size_t, SSL*, void*)>(message_callback));
  SSL_set_msg_callback_arg(ssl, &s);
  const int mode = SSL_get_verify_mode(ssl);
  if (s.role == wire::Role::server && (mode & SSL_VERIFY_PEER) != 0) {
    s.verify = SSL_get_verify_callback(ssl);
    SSL_set_verify(ssl, mode, verify_callback);
  }
  return true;
}

void on_alert(Session& s, SSL* ssl, bool received, int value) noexcept {
  if (s.alert_count < kMaxAlerts) {
    Alert& alert = s.alerts[s.alert_count++];
    alert.direction = received ? wire::Direction::received : wire::Direction::sent;
    alert.level = static_cast<std::uint8_t>(value >> 8);
    alert.description = static_cast<std::uint8_t>(value);
  }
  if (!s.ended && s.certificate == kNoCertificate) note_server_certificate(s, ssl);
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

/// SSL_CB_EXIT comes with every would-block too: only an SSL in its error state has failed, or one that does
/// not wait for the socket and left an error (3.2 on does so when the first record is not TLS).
void on_exit(Session& s, const SSL* ssl) noexcept {
  note_traffic(s, ssl);
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

/// DER of the certificate that a resumed session brought along, when no message did; in the scratch given.
wire::Bytes resumed_certificate(const Session& s, const SSL* ssl,
                                std::uint8_t (&scratch)[kMaxCertificate]) noexcept {
  X509* const peer = SSL_get0_peer_certificate(ssl);
  if (peer == nullptr || (s.buffer != nullptr && s.buffer->client_certificate.size != 0)) return {};
  const int size = i2d_X509(peer, nullptr);
  if (size <= 0 || size > static_cast<int>(kMaxCertificate)) return {};
  std::uint8_t* out = scratch;
  i2d_X509(peer, &out);
  return {scratch, static_cast<std::size_t>(size)};
}

void on_done(Session& s, SSL* ssl) noexcept {
  note_traffic(s, ssl);
  s.ended = true;
  s.stage = wire::Stage::established;
  s.flags |= wire::kEstablished;
  if (SSL_session_reused(ssl) != 0) s.flags |= wire::kResumed;
  note_negotiated(s, ssl);
  s.peer_certificate = SSL_get0_peer_certificate(ssl);
  // TLS 1.3 shows an external PSK as a resumed session. Where we have no certificate to show, every session
  // rests on a PSK in the end.
  const bool no_certificate = SSL_get_certificate(ssl) == nullptr;
  const bool psk_1_3 = s.version == TLS1_3_VERSION && (s.flags & wire::kResumed) != 0 && no_certificate;
  const char* const psk = s.psk ? SSL_get_psk_identity(ssl) : nullptr;
  std::uint8_t scratch[kMaxCertificate];
  s.psk = s.psk || psk_1_3;
  emit_handshake(s, read_tcp_facts(s.fd), psk == nullptr ? "" : psk, resumed_certificate(s, ssl, scratch));
  release_buffer(s);
  g_state.identity.bind_by_ex_data(&s);
}

void info_callback(const SSL* const_ssl, int where, int value) noexcept {
  auto* const ssl = const_cast<SSL*>(const_ssl);  // the callback's signature; the object is not const
  using InfoCallback = void (*)(const SSL*, int, int);
  if (InfoCallback others = SSL_CTX_get_info_callback(SSL_get_SSL_CTX(ssl)); others != nullptr) {
    others(const_ssl, where, value);
  }
  if ((where & SSL_CB_LOOP) != 0 || !watching()) return;
  Session* const session = session_of(ssl);
  if (session == nullptr) return;
  const Untouched untouched;
  if (!session->watched && !begin_watching(*session, ssl)) {
    SSL_set_ex_data(ssl, g_ssl_index, nullptr);
    g_state.sessions.give_back(session);
    g_state.counters.foreign_ssl.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if ((where & SSL_CB_ALERT) != 0) on_alert(*session, ssl, (where & SSL_CB_READ) != 0, value);
  if ((where & SSL_CB_EXIT) != 0 && value <= 0) on_exit(*session, ssl);
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && !session->ended) on_done(*session, ssl);
}

void new_callback(void* parent, void*, CRYPTO_EX_DATA* data, int index, long, void*) noexcept {
  if (!g_state.active.load(std::memory_order_relaxed)) return;
  if (!watching()) {
    g_state.counters.foreign_ssl.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const Untouched untouched;
  Session* const session = g_state.sessions.take();
  if (session == nullptr) {
    ++g_state.counters.unwatched_sessions;
    return;
  }
  session->ssl = static_cast<SSL*>(parent);
  session->number = g_state.publisher.next_session();
  session->first_ns = clock_ns(CLOCK_MONOTONIC);
  if (CRYPTO_set_ex_data(data, index, session) != 1) {
    g_state.sessions.give_back(session);
    ++g_state.counters.unwatched_sessions;
    return;
  }
  SSL_set_info_callback(session->ssl, info_callback);
}

/// Says how a session ended: its handshake, when that never ended, or the session.
void end_session(Session& s, const ClientFacts* client) noexcept {
  const TcpFacts tcp = read_tcp_facts(s.fd);
  if (!s.ended) {
    emit_handshake(s, tcp, {}, {});
    s.ended = true;
    return;
  }
  if ((s.flags & wire::kEstablished) == 0) return;
  if (client != nullptr) {
    s.transport = client->transport;
    emit_identified(s, *client);
  }
  emit_session_end(s, tcp, client);
}

void free_callback(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) noexcept {
  auto* const session = static_cast<Session*>(data);
  if (session == nullptr) return;
  const Untouched untouched;
  if (watching() && session->watched) {
    end_session(*session, g_state.identity.on_free(session));
  }
  g_state.identity.forget(session);
  release_buffer(*session);
  g_state.sessions.give_back(session);
}

}  // namespace

bool install_tls_watch() noexcept {
  if (g_ssl_index >= 0) return true;
  g_ssl_index = SSL_get_ex_new_index(0, nullptr, new_callback, nullptr, free_callback);
  return g_ssl_index >= 0;
}

void end_all_sessions() noexcept {
  for (std::uint32_t i = 0; i < g_state.sessions.size(); ++i) {
    Session& session = g_state.sessions.at(i);
    if (session.ssl == nullptr || !session.watched) continue;
    end_session(session, nullptr);
    session.watched = false;
  }
}

}  // namespace tlswatch::plugin
