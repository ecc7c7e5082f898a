// GnuTLS 3.7. A report has no name for this stack: what it met is known from its alerts alone.
#include <gnutls/gnutls.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>

#include "stack.h"

namespace tlswatch::scenarios {
namespace {

using device::Phase;

void must(int result, const std::string& what) {
  if (result < 0) throw std::runtime_error(what + ": " + gnutls_strerror(result));
}

// GnuTLS's own words for the versions and suites.
std::string priority_of(const StackOptions& options) {
  std::string priority = options.ciphers.empty() ? "NORMAL" : options.ciphers;
  if (!options.version.empty()) priority += ":-VERS-ALL:+VERS-TLS" + options.version;
  return priority + options.signatures;
}

class GnuTls final : public TlsStack {
 public:
  explicit GnuTls(const StackOptions& options) : options_(options) {
    gnutls_global_set_time_function(std::time);
    must(gnutls_certificate_allocate_credentials(&credentials_), "credentials");
    if (!options.cafile.empty())
      must(gnutls_certificate_set_x509_trust_file(credentials_, options.cafile.c_str(), GNUTLS_X509_FMT_PEM),
           options.cafile);
    if (!options.cert.empty())
      must(gnutls_certificate_set_x509_key_file(credentials_, options.cert.c_str(), options.key.c_str(),
                                                GNUTLS_X509_FMT_PEM),
           options.cert);
    must(gnutls_init(&session_, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), "session");
    must(gnutls_priority_set_direct(session_, priority_of(options).c_str(), nullptr), "--ciphers");
    must(gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials_), "credentials");
    must(gnutls_server_name_set(session_, GNUTLS_NAME_DNS, options.server_name.data(),
                                options.server_name.size()),
         "--server-name");
    gnutls_session_set_verify_cert(session_, options_.server_name.c_str(), 0);
    if (options.mfln != 0)
      must(static_cast<int>(gnutls_record_set_max_size(session_, options.mfln)), "--mfln");
  }

  ~GnuTls() override {
    gnutls_deinit(session_);
    gnutls_certificate_free_credentials(credentials_);
    if (fd_ >= 0) ::close(fd_);
  }

  std::optional<Problem> connect() override {
    fd_ = tcp_connect(options_);
    if (fd_ < 0) return Problem{Phase::tcp, 0, 0};
    gnutls_transport_set_int(session_, fd_);
    int result = 0;
    do {
      result = gnutls_handshake(session_);
    } while (result < 0 && gnutls_error_is_fatal(result) == 0);
    if (result == GNUTLS_E_SUCCESS) return {};
    gnutls_alert_send_appropriate(session_, result);  // as its manual's client does
    hear_out(fd_);
    return Problem{Phase::tls, result, 0};
  }

  int read(void* bytes, std::size_t n) override {
    // TLS 1.3's tickets interrupt a read; silence does so, too, but late.
    const std::time_t start = std::time(nullptr);
    ssize_t got = 0;
    do {
      got = gnutls_record_recv(session_, bytes, n);
    } while (got == GNUTLS_E_AGAIN && (std::time(nullptr) - start) * 1000 < options_.timeout_ms);
    if (got < 0) error_ = static_cast<int>(got);
    return static_cast<int>(got);
  }

  bool write(const void* bytes, std::size_t n) override {
    const auto sent = gnutls_record_send(session_, bytes, n);
    if (sent < 0) error_ = static_cast<int>(sent);
    return sent == static_cast<ssize_t>(n);
  }

  Problem problem() const override { return {Phase::mqtt, error_, 0}; }

  void close() override { gnutls_bye(session_, GNUTLS_SHUT_WR); }

 private:
  const StackOptions options_;
  gnutls_certificate_credentials_t credentials_ = nullptr;
  gnutls_session_t session_ = nullptr;
  int fd_ = -1;
  int error_ = 0;
};

}  // namespace

std::unique_ptr<TlsStack> make_stack(const StackOptions& options) {
  return std::make_unique<GnuTls>(options);
}

std::optional<device::Stack> report_stack() {
  return {};
}

}  // namespace tlswatch::scenarios
