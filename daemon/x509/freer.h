#pragma once

namespace tlswatch::x509 {

/// Freer lets a std::unique_ptr own an OpenSSL object: std::unique_ptr<X509, Freer<X509_free>>.
template <auto Free>
struct Freer {
  void operator()(auto* p) const noexcept { Free(p); }
};

}  // namespace tlswatch::x509
