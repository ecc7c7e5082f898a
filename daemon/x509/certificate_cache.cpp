#include "daemon/x509/certificate_cache.h"

namespace tlswatch::x509 {

std::shared_ptr<const event::CertificateFacts> CertificateCache::read(wire::Bytes der) {
  const auto found = by_bytes_.find(wire::as_text(der));
  if (found != by_bytes_.end()) {
    recent_first_.splice(recent_first_.begin(), recent_first_, found->second);
    return found->second->facts;
  }
  if (by_bytes_.size() >= limit_) {
    by_bytes_.erase(recent_first_.back().der);
    recent_first_.pop_back();
  }
  recent_first_.push_front({std::string(wire::as_text(der)), read_certificate(der)});
  by_bytes_.emplace(recent_first_.front().der, recent_first_.begin());
  return recent_first_.front().facts;
}

}  // namespace tlswatch::x509
