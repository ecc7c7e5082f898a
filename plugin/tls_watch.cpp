#include "tls_watch.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "clock.h"
#include "emit.h"
#include "handshake_facts.h"
#include "record_limits.h"
#include "state.h"
#include "tcp_facts.h"

// Which OpenSSL call is safe in which callback was found by running them on 3.0 and 3.5:
// - the new callback runs before SSL_new has set ctx and method (3.2 on): only SSL_set_info_callback is safe;
// - the first info callback is early enough to set the message callback and still see the ClientHello;
// - in the free callback the SSL is taken apart already (3.2 on): only what was kept may be used;
// - from 3.2 on, record headers are shown only where the message callback was there when the record layer was
// made:
//   those of protected records. What goes before is known from the BIO: first bytes in, records out, totals.

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

void release_buffer(Session& s) noexcept {
  if (s.buffer == nullptr) return;
  g_state.sessions.give_back(s.buffer);
  s.buffer = nullptr;
}

/// What the client said last: a record of application data, and not an alert or a key update.
void on_application_record(Session& s, std::uint16_t length) noexcept {
  s.last_in = length;
  if (s.records_in != UINT8_MAX) ++s.records_in;
  g_state.identity.on_read(&s);
}

/// A record header (RFC 8446 section 5.1): type, version, length. Before the handshake's end the BIO counts.
/// TLS 1.3 calls every protected record application data; what it really is comes with on_inner_type.
void on_record_in(Session& s, const std::uint8_t* bytes) noexcept {
  const auto length = static_cast<std::uint16_t>(bytes[3] << 8 | bytes[4]);
  s.bytes_in += SSL3_RT_HEADER_LENGTH + std::uint64_t{length};
  s.protected_in = length;
  if (bytes[0] != SSL3_RT_APPLICATION_DATA || s.version == TLS1_3_VERSION) return;
  on_application_record(s, length);
}

/// TLSInnerPlaintext.type (RFC 8446 section 5.2) of the record whose header came just before.
void on_inner_type(Session& s, std::uint8_t type) noexcept {
  if (type == SSL3_RT_APPLICATION_DATA) on_application_record(s, s.protected_in);
}

void on_record_out(Session& s, const std::uint8_t* bytes) noexcept {
  const std::uint8_t type = bytes[0];
  const auto length = static_cast<std::uint16_t>(bytes[3] << 8 | bytes[4]);
  if (s.ended) s.bytes_out += SSL3_RT_HEADER_LENGTH + std::uint64_t{length};
  // TLS 1.3 shows every protected record as application data; up to 1.2 all is protected after
  // ChangeCipherSpec.
  const bool is_protected = type == SSL3_RT_APPLICATION_DATA || s.write_protected;
  s.write_protected = s.write_protected || type == SSL3_RT_CHANGE_CIPHER_SPEC;
  std::uint16_t& largest = is_protected ? s.largest_protected : s.largest_plain;
  const int overhead = is_protected ? s.overhead.most : 0;
  largest = std::max(largest, length);
  for (std::size_t i = 0; i < 4 && length > kFragmentLengths[i] + overhead; ++i) ++s.over[i];
}

[[gnu::noinline]] void on_handshake_message(Session& s, SSL* ssl, bool out, int content_type,
                                            const std::uint8_t* bytes, std::size_t size) noexcept {
  if (!watching() || content_type != SSL3_RT_HANDSHAKE) return;
  const Untouched untouched;
  const bool from_client = out == (s.role == wire::Role::bridge);
  if (from_client) {
    note_client_message(s, bytes, size);
  } else {
    note_server_message(s, ssl, bytes, size);
  }
}

/// Runs for every record, as long as the session lives: the header's part is kept short.
void message_callback(int write_p, int, int content_type, const void* buffer, std::size_t size, SSL* ssl,
                      void* arg) noexcept {
  auto& session = *static_cast<Session*>(arg);
  const auto* const bytes = static_cast<const std::uint8_t*>(buffer);
  if (content_type != SSL3_RT_HEADER) {
    if (session.ended && write_p == 0 && content_type == SSL3_RT_INNER_CONTENT_TYPE && size != 0)
      on_inner_type(session, *bytes);
    if (!session.ended && size != 0)
      on_handshake_message(session, ssl, write_p != 0, content_type, bytes, size);
    return;
  }
  if (!session.ended || size < SSL3_RT_HEADER_LENGTH) return;  // until then the BIO shows the records
  if (write_p == 0) {
    on_record_in(session, bytes);
  } else {
    on_record_out(session, bytes);
  }
}

/// What OpenSSL has written to the socket, in whatever pieces: finds the records in it.
void on_bytes_out(Session& s, const std::uint8_t* bytes, std::size_t size) noexcept {
  while (size != 0) {
    const std::size_t body = std::min<std::size_t>(size, s.out_body_left);
    s.out_body_left = static_cast<std::uint16_t>(s.out_body_left - body);
    bytes += body;
    size -= body;
    const std::size_t header = std::min<std::size_t>(size, SSL3_RT_HEADER_LENGTH - s.out_header_size);
    if (header == 0) return;
    std::memcpy(s.out_header + s.out_header_size, bytes, header);
    s.out_header_size = static_cast<std::uint8_t>(s.out_header_size + header);
    bytes += header;
    size -= header;
    if (s.out_header_size < SSL3_RT_HEADER_LENGTH) return;
    s.out_header_size = 0;
    s.out_body_left = static_cast<std::uint16_t>(s.out_header[3] << 8 | s.out_header[4]);
    on_record_out(s, s.out_header);
  }
}

/// The first five bytes that came: of a connection that is not TLS, all that there is to know.
void on_bytes_in(Session& s, const std::uint8_t* bytes, std::size_t size) noexcept {
  const std::size_t n = std::min(size, sizeof s.first_bytes - s.first_size);
  std::memcpy(s.first_bytes + s.first_size, bytes, n);
  s.first_size = static_cast<std::uint8_t>(s.first_size + n);
}

[[gnu::noinline]] long on_bytes(BIO* bio, bool out, const char* data, std::size_t size,
                                long result) noexcept {
  auto& s = *reinterpret_cast<Session*>(BIO_get_callback_arg(bio));
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(data);
  if (out) {
    on_bytes_out(s, bytes, size);
  } else {
    on_bytes_in(s, bytes, size);
  }
  return result;
}

/// Runs some 170 times in a handshake, nearly always for a control operation: those are left at once, which a
/// call in tail position alone lets the compiler do.
long bio_callback(BIO* bio, int operation, const char* data, std::size_t, int, long, int result,
                  std::size_t* processed) noexcept {
  const bool in = operation == (BIO_CB_READ | BIO_CB_RETURN);
  const bool out = operation == (BIO_CB_WRITE | BIO_CB_RETURN);
  if ((!in && !out) || result <= 0 || processed == nullptr) return result;
  return on_bytes(bio, out, data, *processed, result);
}

void watch_bytes(Session& s, BIO* bio) noexcept {
  if (bio == nullptr || BIO_get_callback_ex(bio) != nullptr) return;
  BIO_set_callback_arg(bio, reinterpret_cast<char*>(&s));
  BIO_set_callback_ex(bio, bio_callback);
}

/// After the handshake the record headers say all.
void leave_bytes(BIO* bio) noexcept {
  if (bio != nullptr && BIO_get_callback_ex(bio) == bio_callback) BIO_set_callback_ex(bio, nullptr);
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
  watch_bytes(s, SSL_get_rbio(ssl));
  watch_bytes(s, SSL_get_wbio(ssl));
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

/// DER of the peer's certificate when no message showed it: a resumed session brought it along, or the peer
/// is the server of our own bridge. In the scratch given.
wire::Bytes peer_certificate(const Session& s, const SSL* ssl,
                             std::uint8_t (&scratch)[kMaxCertificate]) noexcept {
  X509* const peer = SSL_get0_peer_certificate(ssl);
  const bool shown =
      s.role == wire::Role::server && s.buffer != nullptr && s.buffer->client_certificate.size != 0;
  if (peer == nullptr || shown) return {};
  const int size = i2d_X509(peer, nullptr);
  if (size <= 0 || size > static_cast<int>(kMaxCertificate)) return {};
  std::uint8_t* out = scratch;
  i2d_X509(peer, &out);
  return {scratch, static_cast<std::size_t>(size)};
}

void on_done(Session& s, SSL* ssl) noexcept {
  note_traffic(s, ssl);
  leave_bytes(SSL_get_rbio(ssl));
  leave_bytes(SSL_get_wbio(ssl));
  s.ended = true;
  s.stage = wire::Stage::established;
  s.flags |= wire::kEstablished;
  if (SSL_session_reused(ssl) != 0) s.flags |= wire::kResumed;
  note_negotiated(s, ssl);
  if (s.role == wire::Role::server) s.peer_certificate = SSL_get0_peer_certificate(ssl);
  // TLS 1.3 shows an external PSK as a resumed session. Where we have no certificate to show, every session
  // rests on a PSK in the end.
  const bool no_certificate = SSL_get_certificate(ssl) == nullptr;
  const bool psk_1_3 = s.version == TLS1_3_VERSION && (s.flags & wire::kResumed) != 0 && no_certificate;
  const char* const psk = s.psk ? SSL_get_psk_identity(ssl) : nullptr;
  std::uint8_t scratch[kMaxCertificate];
  s.psk = s.psk || psk_1_3;
  emit_handshake(s, read_tcp_facts(s.fd), psk == nullptr ? "" : psk, peer_certificate(s, ssl, scratch));
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
  if ((where & SSL_CB_ALERT) != 0) note_alert(*session, ssl, (where & SSL_CB_READ) != 0, value);
  // Once the handshake is over no SSL_CB_EXIT comes; OpenSSL's own alert is the only sign that a stream has
  // just ended.
  if (session->ended && where == SSL_CB_WRITE_ALERT && value >> 8 == SSL3_AL_FATAL) note_error(*session, ssl);
  if ((where & SSL_CB_EXIT) != 0 && value <= 0) {
    note_traffic(*session, ssl);
    note_error(*session, ssl);
  }
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
  session->first_ns = monotonic_ns();
  if (CRYPTO_set_ex_data(data, index, session) != 1) {
    g_state.sessions.give_back(session);
    ++g_state.counters.unwatched_sessions;
    return;
  }
  SSL_set_info_callback(session->ssl, info_callback);
}

/// SSL_dup(3) would give the copy the original's session; it has one of its own from SSL_new.
int dup_callback(CRYPTO_EX_DATA* to, const CRYPTO_EX_DATA*, void** from_data, int index, long,
                 void*) noexcept {
  *from_data = CRYPTO_get_ex_data(to, index);
  return 1;
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
    if (s.transport == wire::Transport::unknown) s.transport = client->transport;  // 2.0 forgets websockets
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
  g_ssl_index = SSL_get_ex_new_index(0, nullptr, new_callback, dup_callback, free_callback);
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
