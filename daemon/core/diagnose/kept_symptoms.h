#pragma once

#include <string>
#include <vector>

#include "daemon/core/diagnose/symptoms.h"

namespace tlswatch::diagnose {

/// KeptSymptoms: a broker's symptoms that outlive the record they come from, for the report that may follow.
class KeptSymptoms {
 public:
  KeptSymptoms() = default;
  explicit KeptSymptoms(const BrokerSymptoms& seen);

  /// Views into this object; valid until it is changed or moved.
  BrokerSymptoms view() const;

 private:
  BrokerSymptoms seen_;  // its views are set by view()
  std::string openssl_reason_, verify_reason_, server_key_, outside_user_;
  std::vector<policy::Violation> violations_;
};

}  // namespace tlswatch::diagnose
