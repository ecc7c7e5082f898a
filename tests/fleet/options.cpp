#include "options.h"

#include <string_view>

namespace tlswatch::fleet_sim {

std::string complaint(const Options& o) {
  struct Share {
    std::string_view name;
    double value;
  };
  const Share shares[] = {{"nat", o.nat},
                          {"reshuffled", o.reshuffled},
                          {"certificates", o.certificates},
                          {"quiet", o.quiet},
                          {"renamed", o.renamed},
                          {"clock-wrong", o.clock_wrong},
                          {"clock-unset", o.clock_unset},
                          {"connected-before", o.connected_before},
                          {"half-open", o.half_open},
                          {"failing", o.failing},
                          {"never-again", o.never_again},
                          {"outbreak", o.outbreak},
                          {"first-contact", o.first_contact},
                          {"unseen-tries", o.unseen_tries},
                          {"power-cut", o.power_cut},
                          {"reset", o.reset},
                          {"reports-missing", o.reports_missing},
                          {"scanners", o.scanners},
                          {"scanners-inside", o.scanners_inside}};
  for (const Share& share : shares) {
    if (!(share.value >= 0 && share.value <= 1)) {
      return "--" + std::string(share.name) + " is a share: between 0 and 1";
    }
  }
  struct Pair {
    std::string_view name;
    double least, most;
  };
  const Pair pairs[] = {
      {"nat-group", static_cast<double>(o.nat_group_min), static_cast<double>(o.nat_group_max)},
      {"lease", o.lease_min_h, o.lease_max_h},
      {"tries", static_cast<double>(o.tries_min), static_cast<double>(o.tries_max)},
      {"retry", o.retry_first_s, o.retry_max_s}};
  for (const Pair& pair : pairs) {
    if (!(pair.least > 0 && pair.most >= pair.least)) {
      return "the range of --" + std::string(pair.name) +
             " begins above 0, and its end is not below its begin";
    }
  }
  if (!(o.days > 0 && o.days <= 60)) return "--days is above 0 and at most 60";
  if (o.devices == 0 || o.devices > 1'000'000) return "--devices is between 1 and 1000000";
  if (o.builds == 0 || o.builds > 1000) return "--builds is between 1 and 1000";
  if (o.psk_builds >= o.builds && o.psk_builds != 0) return "--psk-builds is below --builds";
  if (!(o.reconnects_per_day >= 0 && o.reconnects_per_day <= 1000))
    return "--reconnects is between 0 and 1000";
  if (!(o.clock_error_max_s >= 0)) return "--clock-error is not below 0";
  if (o.unseen_tries > 0.9) return "--unseen-tries is at most 0.9";
  if (o.broker_restarts > 1000 || o.outbreaks > 1000)
    return "--broker-restarts and --outbreaks are at most 1000";
  if (o.scans_max == 0) return "--scans is at least 1";
  return {};
}

}  // namespace tlswatch::fleet_sim
