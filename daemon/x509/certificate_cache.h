#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/core/event/certificate_facts.h"

namespace tlswatch::x509 {

/// Reads one DER certificate; null where the bytes are none. Nothing is verified.
std::shared_ptr<const event::CertificateFacts> read_certificate(wire::Bytes der);

/// Certificates remembered by their bytes. A fleet meets one server certificate; client certificates differ.
inline constexpr std::size_t kMaxCertificates = 4096;

/// CertificateCache reads certificates through OpenSSL and remembers the latest, those included that are
/// none. One thread.
class CertificateCache final : public event::CertificateReader {
 public:
  explicit CertificateCache(std::size_t limit = kMaxCertificates) : limit_(limit) {}

  std::shared_ptr<const event::CertificateFacts> read(wire::Bytes der) override;

  std::size_t size() const noexcept { return by_bytes_.size(); }

 private:
  struct Entry {
    std::string der;
    std::shared_ptr<const event::CertificateFacts> facts;
  };
  std::size_t limit_;
  std::list<Entry> recent_first_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_bytes_;  // views into the entries
};

}  // namespace tlswatch::x509
