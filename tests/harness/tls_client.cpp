#include "tls_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstring>

#include "error.h"

namespace tlswatch::harness {
namespace {

void must(long result, const char* what) {
  if (result != 1) throw Error(std::string("OpenSSL refuses ") + what);
}

// SSL_set_tlsext_host_name without the old-style cast of that macro.
void ask_for(SSL* ssl, std::string name) {
  must(SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()),
       "that server name");
}

unsigned int use_psk(SSL* ssl, const char*, char* identity, unsigned int max_identity, unsigned char* psk,
                     unsigned int max_psk) {
  const auto* options = static_cast<const TlsOptions*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  long size = 0;
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> key(
      OPENSSL_hexstr2buf(options->psk_key.c_str(), &size), [](unsigned char* p) { OPENSSL_free(p); });
  if (!key || size > static_cast<long>(max_psk) || options->psk_identity.size() >= max_identity) return 0;
  std::memcpy(psk, key.get(), static_cast<std::size_t>(size));
  std::memcpy(identity, options->psk_identity.c_str(), options->psk_identity.size() + 1);
  return static_cast<unsigned int>(size);
}

SSL_CTX* make_context(const TlsOptions& options) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  // Freed with the context.
  auto* kept = new TlsOptions(options);
  SSL_CTX_set_app_data(context, kept);
  must(SSL_CTX_set_min_proto_version(context, options.min_version), "that version");
  must(SSL_CTX_set_max_proto_version(context, options.max_version), "that version");
  if (!options.ciphers.empty())
    must(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()), "those ciphers");
  if (!options.ca.empty()) {
    must(SSL_CTX_load_verify_file(context, options.ca.c_str()), "that CA file");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.certificate.empty()) {
    must(SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()), "that certificate");
    must(SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM), "that key");
  }
  if (!options.psk_identity.empty()) SSL_CTX_set_psk_client_callback(context, use_psk);
  return context;
}

void free_context(SSL_CTX* context) {
  delete static_cast<TlsOptions*>(SSL_CTX_get_app_data(context));
  SSL_CTX_free(context);
}

void limit_reads(int fd, std::chrono::milliseconds deadline) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(deadline);
  timeval limit{};
  limit.tv_sec = seconds.count();
  limit.tv_usec = std::chrono::microseconds(deadline - seconds).count();
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const TlsOptions& options)
    : socket_(port), context_(make_context(options), free_context), ssl_(SSL_new(context_.get()), SSL_free) {
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), note);
  ask_for(ssl_.get(), options.server_name);
  must(SSL_set_fd(ssl_.get(), socket_.fd()), "the socket");
  SSL_set_connect_state(ssl_.get());
  limit_reads(socket_.fd(), kPatience);
}

TlsClient::~TlsClient() = default;

void TlsClient::note(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || (value >> 8) != SSL3_AL_FATAL) return;
  static_cast<TlsClient*>(SSL_get_app_data(ssl))->alert_ = value & 0xff;
}

bool TlsClient::handshake() {
  ERR_clear_error();
  return SSL_do_handshake(ssl_.get()) == 1;
}

std::string TlsClient::cipher() const {
  return SSL_get_cipher_name(ssl_.get());
}

bool TlsClient::send(std::string_view bytes) {
  ERR_clear_error();
  return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
         static_cast<int>(bytes.size());
}

std::string TlsClient::receive(std::chrono::milliseconds deadline) {
  std::array<char, 4096> buffer{};
  ERR_clear_error();
  limit_reads(socket_.fd(), deadline);
  const int n = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
  return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
}

void TlsClient::close() {
  if (SSL_is_init_finished(ssl_.get()) && SSL_get_shutdown(ssl_.get()) == 0) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  socket_.close();
}

std::string client_hello_record(const TlsOptions& options) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(make_context(options), free_context);
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
  ask_for(ssl.get(), options.server_name);
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
  SSL_set_connect_state(ssl.get());
  SSL_do_handshake(ssl.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  if (size <= 0) throw Error("OpenSSL made no ClientHello");
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace tlswatch::harness
