#pragma once

#include <openssl/types.h>

#include <cstdint>

#include "plugin/wire/cursor.h"

namespace tlswatch::plugin {

inline constexpr std::uint8_t kNoCertificate = UINT8_MAX;
inline constexpr std::size_t kMaxCertificate = 4096;

/// CertificateCache: the broker's own leaf certificates as DER, encoded once each. A broker has one a
/// listener; with more than sixteen the oldest gives way. The X509 objects are held, so that an address names
/// one certificate only.
class CertificateCache {
 public:
  struct Entry {
    X509* certificate = nullptr;
    std::uint32_t generation = 0;
    std::uint16_t size = 0;  ///< 0: longer than kMaxCertificate, or not encodable
    std::uint8_t der[kMaxCertificate];
  };

  /// The index of `certificate`'s entry, made when it is new. May leave nothing in OpenSSL's error queue.
  std::uint8_t find_or_add(X509* certificate) noexcept;

  std::uint32_t generation(std::uint8_t index) const noexcept { return entries_[index].generation; }

  /// Empty when the entry has been given to another certificate since `generation`.
  wire::Bytes der(std::uint8_t index, std::uint32_t generation) const noexcept;

  void clear() noexcept;

 private:
  static constexpr std::uint8_t kEntries = 16;
  Entry entries_[kEntries];
  std::uint8_t next_ = 0;
};

}  // namespace tlswatch::plugin
