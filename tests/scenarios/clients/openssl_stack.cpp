// OpenSSL 3.0 as a device has it; its codes are packed as 3.x packs them.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>

#include "stack.h"

namespace tlswatch::scenarios {
namespace {

using device::Phase;

void must(int result, const std::string& what) {
  if (result != 1) throw std::runtime_error(what + ": " + ERR_error_string(ERR_peek_last_error(), nullptr));
}

class OpenSsl final : public TlsStack {
 public:
  explicit OpenSsl(const StackOptions& options)
      : options_(options), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    if (!options.cafile.empty())
      must(SSL_CTX_load_verify_file(context_, options.cafile.c_str()), options.cafile);
    if (!options.cert.empty()) {
      must(SSL_CTX_use_certificate_chain_file(context_, options.cert.c_str()), options.cert);
      must(SSL_CTX_use_PrivateKey_file(context_, options.key.c_str(), SSL_FILETYPE_PEM), options.key);
    }
    if (!options.ciphers.empty())
      must(SSL_CTX_set_cipher_list(context_, options.ciphers.c_str()), "--ciphers");
    if (!options.signatures.empty())
      must(static_cast<int>(SSL_CTX_set1_sigalgs_list(context_, options.signatures.c_str())), "--signatures");
    if (!options.version.empty()) {
      const int version = options.version == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
      SSL_CTX_set_min_proto_version(context_, version);
      SSL_CTX_set_max_proto_version(context_, version);
    }
    ssl_ = SSL_new(context_);
    must(SSL_set1_host(ssl_, options.server_name.c_str()), "--server-name");
    std::string name = options.server_name;
    // SSL_set_tlsext_host_name, whose macro has an old-style cast
    must(static_cast<int>(
             SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data())),
         "--server-name");
  }

  ~OpenSsl() override {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    if (fd_ >= 0) ::close(fd_);
  }

  std::optional<Problem> connect() override {
    fd_ = tcp_connect(options_);
    if (fd_ < 0) return Problem{Phase::tcp, 0, 0};
    SSL_set_fd(ssl_, fd_);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl_), std::time(nullptr));
    ERR_clear_error();
    if (SSL_connect(ssl_) == 1) return {};
    Problem problem = problem_now(Phase::tls);
    if (ERR_GET_REASON(static_cast<unsigned long>(problem.code)) == SSL_R_CERTIFICATE_VERIFY_FAILED)
      problem.detail = static_cast<std::int32_t>(SSL_get_verify_result(ssl_));
    hear_out(fd_);
    return problem;
  }

  int read(void* bytes, std::size_t n) override {
    ERR_clear_error();
    const int got = SSL_read(ssl_, bytes, static_cast<int>(n));
    if (got > 0) return got;
    if (SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN) return 0;
    problem_ = problem_now(Phase::mqtt);
    return -1;
  }

  bool write(const void* bytes, std::size_t n) override {
    ERR_clear_error();
    if (SSL_write(ssl_, bytes, static_cast<int>(n)) == static_cast<int>(n)) return true;
    problem_ = problem_now(Phase::mqtt);
    return false;
  }

  Problem problem() const override { return problem_; }

  void close() override { SSL_shutdown(ssl_); }

 private:
  static Problem problem_now(Phase phase) {
    return {phase, static_cast<std::int32_t>(ERR_peek_last_error()), 0};
  }

  const StackOptions options_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  int fd_ = -1;
  Problem problem_;
};

}  // namespace

std::unique_ptr<TlsStack> make_stack(const StackOptions& options) {
  return std::make_unique<OpenSsl>(options);
}

std::optional<device::Stack> report_stack() {
  return device::Stack::openssl;
}

}  // namespace tlswatch::scenarios
