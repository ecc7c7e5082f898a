#include "certificate_cache.h"

#include <openssl/err.h>
#include <openssl/x509.h>

namespace tlswatch::plugin {

std::uint8_t CertificateCache::find_or_add(X509* certificate) noexcept {
  for (std::uint8_t i = 0; i < kEntries; ++i) {
    if (entries_[i].certificate == certificate) return i;
  }
  Entry& entry = entries_[next_];
  if (X509_up_ref(certificate) != 1) return kNoCertificate;
  X509_free(entry.certificate);
  entry.certificate = certificate;
  ++entry.generation;
  entry.size = 0;

  ERR_set_mark();
  const int size = i2d_X509(certificate, nullptr);
  if (size > 0 && size <= static_cast<int>(kMaxCertificate)) {
    std::uint8_t* out = entry.der;
    i2d_X509(certificate, &out);
    entry.size = static_cast<std::uint16_t>(size);
  }
  ERR_pop_to_mark();

  const std::uint8_t index = next_;
  next_ = static_cast<std::uint8_t>((next_ + 1) % kEntries);
  return index;
}

wire::Bytes CertificateCache::der(std::uint8_t index, std::uint32_t generation) const noexcept {
  if (index >= kEntries || entries_[index].generation != generation) return {};
  return {entries_[index].der, entries_[index].size};
}

void CertificateCache::clear() noexcept {
  for (Entry& entry : entries_) {
    X509_free(entry.certificate);
    entry.certificate = nullptr;
    entry.size = 0;
    ++entry.generation;
  }
}

}  // namespace tlswatch::plugin
