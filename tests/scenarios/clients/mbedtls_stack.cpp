// mbedTLS 2.28: TLS 1.2, verify flags beside the code, and a network layer with codes of its own.
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "stack.h"

namespace tlswatch::scenarios {
namespace {

using device::Phase;

int failing_random(void*, unsigned char*, std::size_t) {
  return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
}

void must(int result, const std::string& what) {
  if (result != 0) throw std::runtime_error(what + ": " + std::to_string(result));
}

std::vector<unsigned char> from_hex(const std::string& digits) {
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<unsigned char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

unsigned char fragment_code(std::uint16_t mfln) {
  switch (mfln) {
    case 512: return MBEDTLS_SSL_MAX_FRAG_LEN_512;
    case 1024: return MBEDTLS_SSL_MAX_FRAG_LEN_1024;
    case 2048: return MBEDTLS_SSL_MAX_FRAG_LEN_2048;
    case 4096: return MBEDTLS_SSL_MAX_FRAG_LEN_4096;
    default: throw std::runtime_error("--mfln is 512, 1024, 2048 or 4096");
  }
}

class MbedTls final : public TlsStack {
 public:
  explicit MbedTls(const StackOptions& options) : options_(options) {
    mbedtls_net_init(&net_);
    mbedtls_ssl_init(&ssl_);
    mbedtls_ssl_config_init(&config_);
    mbedtls_entropy_init(&entropy_);
    mbedtls_ctr_drbg_init(&random_);
    mbedtls_x509_crt_init(&trusted_);
    mbedtls_x509_crt_init(&chain_);
    mbedtls_pk_init(&key_);
    must(mbedtls_ctr_drbg_seed(&random_, mbedtls_entropy_func, &entropy_, nullptr, 0), "random");
    must(mbedtls_ssl_config_defaults(&config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT),
         "defaults");
    configure();
    must(mbedtls_ssl_setup(&ssl_, &config_), "setup");
    must(mbedtls_ssl_set_hostname(&ssl_, options_.server_name.c_str()), "--server-name");
    mbedtls_ssl_set_bio(&ssl_, this, hold, nullptr, flush_and_receive);
  }

  ~MbedTls() override {
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_config_free(&config_);
    mbedtls_x509_crt_free(&trusted_);
    mbedtls_x509_crt_free(&chain_);
    mbedtls_pk_free(&key_);
    mbedtls_ctr_drbg_free(&random_);
    mbedtls_entropy_free(&entropy_);
    mbedtls_net_free(&net_);
  }

  std::optional<Problem> connect() override {
    const std::string port = std::to_string(options_.port);
    int result = mbedtls_net_connect(&net_, options_.host.c_str(), port.c_str(), MBEDTLS_NET_PROTO_TCP);
    if (result == MBEDTLS_ERR_NET_UNKNOWN_HOST) return Problem{Phase::dns, result, 0};
    if (result != 0) return Problem{Phase::tcp, result, 0};
    result = mbedtls_ssl_handshake(&ssl_);
    if (result == 0) return {};
    flush();  // the alert
    hear_out(net_.fd);
    const std::uint32_t flags =
        result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED ? mbedtls_ssl_get_verify_result(&ssl_) : 0;
    return Problem{Phase::tls, result, static_cast<std::int32_t>(flags)};
  }

  int read(void* bytes, std::size_t n) override {
    const int got = mbedtls_ssl_read(&ssl_, static_cast<unsigned char*>(bytes), n);
    if (got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return 0;
    if (got < 0) error_ = got;
    return got;
  }

  bool write(const void* bytes, std::size_t n) override {
    const int sent = mbedtls_ssl_write(&ssl_, static_cast<const unsigned char*>(bytes), n);
    if (sent < 0) error_ = sent;
    if (sent >= 0 && flush() < 0) error_ = MBEDTLS_ERR_NET_SEND_FAILED;
    return sent == static_cast<int>(n) && error_ == 0;
  }

  Problem problem() const override { return {Phase::mqtt, error_, 0}; }

  void close() override {
    mbedtls_ssl_close_notify(&ssl_);
    flush();
    mbedtls_net_free(&net_);
  }

 private:
  // A flight goes out in one write when the answer is waited for, as OpenSSL does by itself: record by
  // record, a broker that refuses the first one would break the writing of the next, and its alert would be
  // lost.
  static int hold(void* self, const unsigned char* bytes, std::size_t n) {
    static_cast<MbedTls*>(self)->held_.append(reinterpret_cast<const char*>(bytes), n);
    return static_cast<int>(n);
  }

  static int flush_and_receive(void* self, unsigned char* bytes, std::size_t n, std::uint32_t timeout_ms) {
    auto& client = *static_cast<MbedTls*>(self);
    const int flushed = client.flush();
    return flushed < 0 ? flushed : mbedtls_net_recv_timeout(&client.net_, bytes, n, timeout_ms);
  }

  int flush() {
    while (!held_.empty()) {
      const int sent =
          mbedtls_net_send(&net_, reinterpret_cast<const unsigned char*>(held_.data()), held_.size());
      if (sent < 0) return sent;
      held_.erase(0, static_cast<std::size_t>(sent));
    }
    return 0;
  }

  void configure() {
    mbedtls_ssl_conf_rng(&config_, options_.no_random ? failing_random : mbedtls_ctr_drbg_random, &random_);
    mbedtls_ssl_conf_read_timeout(&config_, options_.timeout_ms);
    mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
    if (!options_.cafile.empty()) {
      must(mbedtls_x509_crt_parse_file(&trusted_, options_.cafile.c_str()), options_.cafile);
      mbedtls_ssl_conf_ca_chain(&config_, &trusted_, nullptr);
    }
    if (!options_.cert.empty()) {
      must(mbedtls_x509_crt_parse_file(&chain_, options_.cert.c_str()), options_.cert);
      if (!options_.key.empty())
        must(mbedtls_pk_parse_keyfile(&key_, options_.key.c_str(), nullptr), options_.key);
      must(mbedtls_ssl_conf_own_cert(&config_, &chain_, &key_), "--cert");
    }
    if (!options_.psk.empty()) {
      const std::vector<unsigned char> psk = from_hex(options_.psk);
      const auto* identity = reinterpret_cast<const unsigned char*>(options_.psk_identity.data());
      must(mbedtls_ssl_conf_psk(&config_, psk.data(), psk.size(), identity, options_.psk_identity.size()),
           "--psk");
    }
    if (!options_.ciphers.empty()) {
      suites_ = {mbedtls_ssl_get_ciphersuite_id(options_.ciphers.c_str()), 0};
      if (suites_[0] == 0) throw std::runtime_error("no suite " + options_.ciphers);
      mbedtls_ssl_conf_ciphersuites(&config_, suites_.data());
    }
    if (options_.mfln != 0)
      must(mbedtls_ssl_conf_max_frag_len(&config_, fragment_code(options_.mfln)), "--mfln");
  }

  const StackOptions options_;
  mbedtls_net_context net_{};
  mbedtls_ssl_context ssl_{};
  mbedtls_ssl_config config_{};
  mbedtls_entropy_context entropy_{};
  mbedtls_ctr_drbg_context random_{};
  mbedtls_x509_crt trusted_{};
  mbedtls_x509_crt chain_{};
  mbedtls_pk_context key_{};
  std::vector<int> suites_;
  std::string held_;
  int error_ = 0;
};

}  // namespace

std::unique_ptr<TlsStack> make_stack(const StackOptions& options) {
  return std::make_unique<MbedTls>(options);
}

std::optional<device::Stack> report_stack() {
  return device::Stack::mbedtls;
}

}  // namespace tlswatch::scenarios
