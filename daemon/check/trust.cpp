#include "daemon/check/trust.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "daemon/core/tls/host_name.h"
#include "daemon/x509/certificate_cache.h"
#include "daemon/x509/freer.h"

namespace tlswatch::check {
namespace {

using x509::Freer;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;

/// Borrows: frees the stack alone.
struct StackFreer {
  void operator()(STACK_OF(X509) * p) const noexcept { sk_X509_free(p); }
};

Certificate parse(const Der& der) {
  ERR_clear_error();
  const unsigned char* at = der.data();
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

}  // namespace

Order chain_order(const std::vector<Der>& chain) {
  if (chain.empty()) return Order::unknown;
  Certificate last = parse(chain.front());
  if (!last) return Order::bad;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    Certificate issuer = parse(chain[i]);
    EVP_PKEY* const key = issuer ? X509_get0_pubkey(issuer.get()) : nullptr;
    if (key == nullptr || X509_check_issued(issuer.get(), last.get()) != X509_V_OK ||
        X509_verify(last.get(), key) != 1)
      return Order::bad;
    last = std::move(issuer);
  }
  return Order::good;
}

NameMatch name_match(const Der& leaf, std::string_view name) {
  const Certificate certificate = parse(leaf);
  if (!certificate || name.empty()) return NameMatch::unknown;
  const std::string text(name);
  const int match = tls::is_ip_literal(name) ? X509_check_ip_asc(certificate.get(), text.c_str(), 0)
                                             : X509_check_host(certificate.get(), text.data(), text.size(),
                                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr);
  return match == 1 ? NameMatch::matches : NameMatch::differs;
}

Trust trust(const std::vector<Der>& chain, const std::string& ca_file) {
  Trust out;
  if (ca_file.empty() || chain.empty()) return out;
  std::vector<Certificate> owned;
  const std::unique_ptr<STACK_OF(X509), StackFreer> sent(sk_X509_new_null());
  for (const Der& der : chain) {
    Certificate certificate = parse(der);
    if (!certificate) continue;
    sk_X509_push(sent.get(), certificate.get());
    owned.push_back(std::move(certificate));
  }
  const Store store(X509_STORE_new());
  const StoreContext context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_load_file(store.get(), ca_file.c_str()) != 1) {
    out.state = Trust::State::no_file;
    return out;
  }
  if (owned.empty() ||
      X509_STORE_CTX_init(context.get(), store.get(), owned.front().get(), sent.get()) != 1) {
    out.state = Trust::State::untrusted;
    out.why = "the certificate cannot be read";
    return out;
  }
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()), 0);
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  if (X509_verify_cert(context.get()) == 1) {
    out.state = Trust::State::trusted;
    return out;
  }
  const int error = X509_STORE_CTX_get_error(context.get());
  out.state = Trust::State::untrusted;
  out.why = X509_verify_cert_error_string(error);
  out.issuer_missing = error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                       error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
                       error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
  return out;
}

bool is_ca_file(const std::string& file) {
  const Store store(X509_STORE_new());
  return store && X509_STORE_load_file(store.get(), file.c_str()) == 1;
}

std::vector<std::shared_ptr<const event::CertificateFacts>> facts_of(const std::vector<Der>& chain) {
  std::vector<std::shared_ptr<const event::CertificateFacts>> out;
  for (const Der& der : chain) out.push_back(x509::read_certificate(der));
  return out;
}

}  // namespace tlswatch::check
