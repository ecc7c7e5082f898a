#include "tests/daemon/tls/openssl_pair.h"

#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstring>

namespace tlswatch::test {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Ctx = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Freer<SSL_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freer<X509_free>>;

struct Identity {
  Key key;
  Cert certificate;
};

Identity make_identity(EVP_PKEY* key) {
  Identity id{Key(key), Cert(X509_new())};
  X509* const x = id.certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), 0);
  X509_gmtime_adj(X509_getm_notAfter(x), 86400);
  X509_set_pubkey(x, key);
  X509_NAME* const name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("x"), -1, -1,
                             0);
  X509_set_issuer_name(x, name);
  X509_sign(x, key, EVP_sha256());
  return id;
}
const Identity& rsa_identity() {
  static const Identity id = make_identity(EVP_RSA_gen(2048));
  return id;
}
const Identity& ec_identity() {
  static const Identity id = make_identity(EVP_EC_gen("P-256"));
  return id;
}

constexpr unsigned char kPsk[] = {0x0B, 0xAD, 0xCA, 0xFE};

unsigned server_psk(SSL* /*ssl*/, const char* /*identity*/, unsigned char* psk, unsigned room) {
  if (room < sizeof kPsk) return 0;
  std::memcpy(psk, kPsk, sizeof kPsk);
  return sizeof kPsk;
}
unsigned client_psk(SSL* ssl, const char* /*hint*/, char* identity, unsigned identity_room,
                    unsigned char* psk, unsigned room) {
  std::snprintf(identity, identity_room, "sensor-7");
  return server_psk(ssl, identity, psk, room);
}

void see(int write_p, int /*version*/, int content_type, const void* buffer, std::size_t size, SSL* /*ssl*/,
         void* arg) {
  auto* const out = static_cast<PairResult*>(arg);
  const auto* const bytes = static_cast<const std::uint8_t*>(buffer);
  if (content_type == SSL3_RT_HANDSHAKE) out->messages.push_back({write_p != 0, {bytes, bytes + size}});
  constexpr std::uint8_t kApplicationData = 23;
  if (content_type == SSL3_RT_HEADER && write_p != 0 && size == 5 && bytes[0] == kApplicationData) {
    out->data_records.push_back(static_cast<std::uint16_t>(bytes[3] << 8 | bytes[4]));
  }
}

Ctx make_ctx(const SSL_METHOD* method, const PairOptions& options) {
  Ctx ctx(SSL_CTX_new(method));
  SSL_CTX_set_min_proto_version(ctx.get(), options.version);
  SSL_CTX_set_max_proto_version(ctx.get(), options.version);
  SSL_CTX_set_security_level(ctx.get(), 0);
  SSL_CTX_set_dh_auto(ctx.get(), 1);
  SSL_CTX_set_num_tickets(ctx.get(), 0);
  if (!options.encrypt_then_mac) SSL_CTX_set_options(ctx.get(), SSL_OP_NO_ENCRYPT_THEN_MAC);
  SSL_CTX_set_options(ctx.get(), SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
  const bool tls13 = options.version == TLS1_3_VERSION;
  const std::string all = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";
  const std::string list = options.suite.empty() || tls13 ? all : options.suite + ":@SECLEVEL=0";
  SSL_CTX_set_cipher_list(ctx.get(), list.c_str());
  if (tls13 && !options.suite.empty()) SSL_CTX_set_ciphersuites(ctx.get(), options.suite.c_str());
  return ctx;
}

bool handshake(SSL* client, SSL* server) {
  for (int round = 0; round < 20; ++round) {
    const int a = SSL_do_handshake(client);
    const int b = SSL_do_handshake(server);
    if (a == 1 && b == 1) return true;
    if (a != 1 && SSL_get_error(client, a) != SSL_ERROR_WANT_READ) return false;
    if (b != 1 && SSL_get_error(server, b) != SSL_ERROR_WANT_READ) return false;
  }
  return false;
}

}  // namespace

std::optional<PairResult> play(const PairOptions& options, std::size_t payload) {
  const Ctx server_ctx = make_ctx(TLS_server_method(), options);
  const Ctx client_ctx = make_ctx(TLS_client_method(), options);
  for (const Identity* id : {&rsa_identity(), &ec_identity()}) {
    SSL_CTX_use_certificate(server_ctx.get(), id->certificate.get());
    SSL_CTX_use_PrivateKey(server_ctx.get(), id->key.get());
  }
  if (options.version != TLS1_3_VERSION) {
    SSL_CTX_set_psk_server_callback(server_ctx.get(), server_psk);
    SSL_CTX_set_psk_client_callback(client_ctx.get(), client_psk);
  }
  if (options.max_fragment_length != 0)
    SSL_CTX_set_tlsext_max_fragment_length(client_ctx.get(), options.max_fragment_length);

  const Ssl server(SSL_new(server_ctx.get()));
  const Ssl client(SSL_new(client_ctx.get()));
  BIO* a = nullptr;
  BIO* b = nullptr;
  BIO_new_bio_pair(&a, 1 << 18, &b, 1 << 18);
  SSL_set_bio(server.get(), a, a);
  SSL_set_bio(client.get(), b, b);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  PairResult result;
  SSL_set_msg_callback(server.get(), see);
  SSL_set_msg_callback_arg(server.get(), &result);
  if (!handshake(client.get(), server.get())) return std::nullopt;
  result.suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(server.get()));
  result.data_records.clear();  // TLS 1.3 wears this type in its handshake too
  const std::string data(payload, 'x');
  if (SSL_write(server.get(), data.data(), static_cast<int>(data.size())) != static_cast<int>(payload))
    return std::nullopt;
  return result;
}

}  // namespace tlswatch::test
