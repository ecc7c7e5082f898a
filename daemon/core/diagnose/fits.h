#pragma once

#include "daemon/core/catalog/catalog.h"
#include "daemon/core/diagnose/symptoms.h"

namespace tlswatch::diagnose {

inline bool fits(const BrokerSymptoms& seen, const DeviceSymptoms& told, const catalog::Answer& answer) {
  (void)answer;
  if (told.phase == "dns" || told.phase == "tcp") return false;
  return (told.phase == "mqtt") == seen.established;
}

}  // namespace tlswatch::diagnose
