#include "daemon/core/diagnose/kept_symptoms.h"

namespace tlswatch::diagnose {

KeptSymptoms::KeptSymptoms(const BrokerSymptoms& seen)
    : seen_(seen),
      openssl_reason_(seen.openssl_reason),
      server_key_(seen.server_key),
      outside_user_(seen.outside_user),
      violations_(seen.violations.begin(), seen.violations.end()) {
  if (seen.verify) verify_reason_ = seen.verify->reason;
}

BrokerSymptoms KeptSymptoms::view() const {
  BrokerSymptoms out = seen_;
  out.openssl_reason = openssl_reason_;
  if (out.verify) out.verify->reason = verify_reason_;
  out.server_key = server_key_;
  out.outside_user = outside_user_;
  out.violations = violations_;
  return out;  // end_reason lives for ever
}

}  // namespace tlswatch::diagnose
