#include "daemon/core/incident/stranger.h"

#include "daemon/core/incident/siphash.h"

namespace tlswatch::incident {

bool is_stranger(const StrangerFacts& facts) noexcept {
  if (facts.device_at_address || facts.device_named) return false;
  if (facts.cause == "plain-mqtt-on-tls-port") return false;
  if (facts.cause == "not-tls" || facts.cause == "scanner") return true;
  return !facts.ja4_succeeded && !facts.profile_matched && facts.devices_known > 0;
}

StrangerTable::Counted StrangerTable::count(std::string_view broker, std::string_view cause,
                                            std::string_view address, std::uint64_t time_unix_ns) {
  const std::uint32_t now_s = seconds(time_unix_ns);
  OfCause& of_cause = causes_.open(SipHash24().add(broker).add(cause).finish());
  Fold& fold = addresses_.open(SipHash24().add(broker).add(address).finish());
  const bool due = fold.add(1, now_s);
  if (const std::uint32_t hour = now_s / 3600; of_cause.hour != hour) {
    of_cause.hour = hour;
    of_cause.lines = 0;
  }
  const bool say = due && of_cause.lines < kStrangerLinesPerHour;
  say ? ++of_cause.lines : ++unsaid_;
  return {say, fold.count, ++of_cause.failures};
}

}  // namespace tlswatch::incident
