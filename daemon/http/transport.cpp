#include "daemon/http/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace tlswatch::http {
namespace {

std::string reason() {
  const char* const text = ::ERR_reason_error_string(::ERR_peek_last_error());
  std::string out = text == nullptr ? "it cannot be read" : text;
  ::ERR_clear_error();
  return out;
}

std::optional<std::size_t> after_system_call(ssize_t result) {
  if (result > 0) return static_cast<std::size_t>(result);
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return std::size_t{0};
  return std::nullopt;
}

}  // namespace

Result<TlsContext, std::string> TlsContext::load(const std::string& certificate, const std::string& key) {
  std::shared_ptr<SSL_CTX> context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
  if (!context) return "TLS cannot be started: " + reason();
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  ::SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (::SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
    return "http: certificate " + certificate + ": " + reason() +
           "; it must be a PEM file that this user can read";
  if (::SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    return "http: key " + key + ": " + reason() +
           "; it must be the certificate's key, a PEM file that this user can read";
  return TlsContext(std::move(context));
}

Transport::Transport(int fd, const TlsContext* tls) : fd_(fd) {
  if (tls == nullptr) return;
  ssl_ = ::SSL_new(tls->get());
  if (ssl_ == nullptr || ::SSL_set_fd(ssl_, fd) != 1) return;
  ::SSL_set_accept_state(ssl_);
}

Transport::Transport(Transport&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      wants_write_(other.wants_write_),
      broken_(other.broken_) {}

Transport::~Transport() {
  if (ssl_ != nullptr) ::SSL_free(ssl_);
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::size_t> Transport::after_tls(int result) {
  wants_write_ = false;
  if (result > 0) return static_cast<std::size_t>(result);
  const int error = ::SSL_get_error(ssl_, result);
  ::ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) return std::size_t{0};
  broken_ = error != SSL_ERROR_WANT_WRITE;
  if (broken_) return std::nullopt;
  wants_write_ = true;
  return std::size_t{0};
}

std::optional<std::size_t> Transport::read(std::span<char> to) {
  const std::size_t size = std::min<std::size_t>(to.size(), INT_MAX);
  if (ssl_ != nullptr) return after_tls(::SSL_read(ssl_, to.data(), static_cast<int>(size)));
  return after_system_call(::recv(fd_, to.data(), size, 0));
}

std::optional<std::size_t> Transport::write(std::string_view from) {
  const std::size_t size = std::min<std::size_t>(from.size(), INT_MAX);
  if (ssl_ != nullptr) return after_tls(::SSL_write(ssl_, from.data(), static_cast<int>(size)));
  return after_system_call(::send(fd_, from.data(), size, MSG_NOSIGNAL));
}

void Transport::finish() {
  if (ssl_ != nullptr && !broken_) {
    ::SSL_shutdown(ssl_);  // where there is room for it
    ::ERR_clear_error();
  }
  ::shutdown(fd_, SHUT_WR);
}

bool Transport::drain() {
  std::array<char, 4096> nobody_wants;
  const ssize_t n = ::recv(fd_, nobody_wants.data(), nobody_wants.size(), 0);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

}  // namespace tlswatch::http
