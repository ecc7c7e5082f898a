// wolfSSL 5.5, by its own API.
#include <wolfssl/options.h>
// (its options come first)
#include <unistd.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <cstdlib>
#include <new>
#include <stdexcept>

#include "stack.h"

namespace tlswatch::scenarios {
namespace {

using device::Phase;

// What the stack may still allocate; --heap sets it before the handshake.
std::size_t heap_left = SIZE_MAX;

bool take(std::size_t n) {
  if (n > heap_left) return false;
  heap_left -= n;
  return true;
}

void* limited_malloc(std::size_t n) {
  return take(n) ? std::malloc(n) : nullptr;
}
void limited_free(void* memory) {
  std::free(memory);
}
void* limited_realloc(void* memory, std::size_t n) {
  return take(n) ? std::realloc(memory, n) : nullptr;
}

void must(int result, const std::string& what) {
  if (result != WOLFSSL_SUCCESS) throw std::runtime_error(what + ": " + std::to_string(result));
}

unsigned char fragment_code(std::uint16_t mfln) {
  switch (mfln) {
    case 512: return WOLFSSL_MFL_2_9;
    case 1024: return WOLFSSL_MFL_2_10;
    case 2048: return WOLFSSL_MFL_2_11;
    case 4096: return WOLFSSL_MFL_2_12;
    default: throw std::runtime_error("--mfln is 512, 1024, 2048 or 4096");
  }
}

WOLFSSL_METHOD* method_of(const std::string& version) {
  if (version == "1.2") return wolfTLSv1_2_client_method();
  if (version == "1.3") return wolfTLSv1_3_client_method();
  return wolfTLS_client_method();
}

class WolfSsl final : public TlsStack {
 public:
  explicit WolfSsl(const StackOptions& options) : options_(options) {
    wolfSSL_SetAllocators(limited_malloc, limited_free, limited_realloc);
    wolfSSL_Init();
    context_ = wolfSSL_CTX_new(method_of(options.version));
    if (context_ == nullptr) throw std::bad_alloc();
    wolfSSL_CTX_set_group_messages(context_);  // a flight in one write, as OpenSSL does
    wolfSSL_CTX_set_verify(context_, WOLFSSL_VERIFY_PEER, nullptr);
    if (!options.cafile.empty())
      must(wolfSSL_CTX_load_verify_locations(context_, options.cafile.c_str(), nullptr), options.cafile);
    if (!options.cert.empty()) {
      must(wolfSSL_CTX_use_certificate_chain_file(context_, options.cert.c_str()), options.cert);
      if (!options.key.empty())
        must(wolfSSL_CTX_use_PrivateKey_file(context_, options.key.c_str(), WOLFSSL_FILETYPE_PEM),
             options.key);
    }
    if (!options.ciphers.empty())
      must(wolfSSL_CTX_set_cipher_list(context_, options.ciphers.c_str()), "--ciphers");
    if (options.mfln != 0) must(wolfSSL_CTX_UseMaxFragment(context_, fragment_code(options.mfln)), "--mfln");
  }

  ~WolfSsl() override {
    wolfSSL_free(ssl_);
    wolfSSL_CTX_free(context_);
    if (fd_ >= 0) ::close(fd_);
  }

  std::optional<Problem> connect() override {
    fd_ = tcp_connect(options_);
    if (fd_ < 0) return Problem{Phase::tcp, 0, 0};
    if (options_.heap != 0) heap_left = options_.heap;
    ssl_ = wolfSSL_new(context_);
    if (ssl_ == nullptr) return Problem{Phase::tls, MEMORY_E, 0};
    wolfSSL_set_fd(ssl_, fd_);
    wolfSSL_UseSNI(ssl_, WOLFSSL_SNI_HOST_NAME, options_.server_name.data(),
                   static_cast<unsigned short>(options_.server_name.size()));
    wolfSSL_check_domain_name(ssl_, options_.server_name.c_str());
    const int result = wolfSSL_connect(ssl_);
    if (result == WOLFSSL_SUCCESS) return {};
    hear_out(fd_);
    return Problem{Phase::tls, wolfSSL_get_error(ssl_, result), 0};
  }

  int read(void* bytes, std::size_t n) override {
    const int got = wolfSSL_read(ssl_, bytes, static_cast<int>(n));
    if (got > 0) return got;
    error_ = wolfSSL_get_error(ssl_, got);
    return error_ == WOLFSSL_ERROR_ZERO_RETURN ? 0 : -1;
  }

  bool write(const void* bytes, std::size_t n) override {
    const int sent = wolfSSL_write(ssl_, bytes, static_cast<int>(n));
    if (sent != static_cast<int>(n)) error_ = wolfSSL_get_error(ssl_, sent);
    return sent == static_cast<int>(n);
  }

  Problem problem() const override { return {Phase::mqtt, error_, 0}; }

  void close() override { wolfSSL_shutdown(ssl_); }

 private:
  const StackOptions options_;
  WOLFSSL_CTX* context_ = nullptr;
  WOLFSSL* ssl_ = nullptr;
  int fd_ = -1;
  int error_ = 0;
};

}  // namespace

std::unique_ptr<TlsStack> make_stack(const StackOptions& options) {
  return std::make_unique<WolfSsl>(options);
}

std::optional<device::Stack> report_stack() {
  return device::Stack::wolfssl;
}

}  // namespace tlswatch::scenarios
