#include "daemon/core/incident/incident.h"

#include "daemon/core/incident/siphash.h"

namespace tlswatch::incident {

std::uint64_t hash(const Signature& signature) noexcept {
  return SipHash24()
      .add(signature.broker)
      .add(signature.cause)
      .add(std::uint64_t{signature.port})
      .add(signature.profile)
      .add(signature.subject)
      .finish();
}

std::uint64_t hash(const Victim& victim) noexcept {
  return SipHash24().add(static_cast<std::uint64_t>(victim.kind)).add(victim.broker).add(victim.key).finish();
}

}  // namespace tlswatch::incident
