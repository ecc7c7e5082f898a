#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <optional>

#include "print.h"
#include "targets.h"

namespace tlswatch::fleet_sim {
namespace {

__attribute__((format(printf, 2, 3))) void add(std::string& out, const char* form, ...) {
  char line[256];
  std::va_list values;
  va_start(values, form);
  std::vsnprintf(line, sizeof line, form, values);
  va_end(values);
  out += line;
}

using Number = unsigned long long;

double share(std::uint64_t part, std::uint64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

void add_tally(std::string& out, const char* name, const Tally& t, std::uint64_t of) {
  if (t.statements == 0) {
    add(out, "  %-26s %10d %10d %10s %8.4f %10d %10d %8d\n", name, 0, 0, "-", 0.0, 0, 0, 0);
    return;
  }
  add(out, "  %-26s %10llu %10llu %10.4f %8.4f %10llu %10llu %8llu\n", name, Number{t.statements},
      Number{t.right}, t.precision(), share(t.right, of), Number{t.other_name}, Number{t.outsiders},
      Number{t.among_five});
}

void add_levels(std::string& out, const char* title, const std::array<Tally, kLevels>& levels,
                const Tally& sure, std::uint64_t failed) {
  static constexpr const char* kNames[kLevels] = {"exact", "confirmed", "inferred", "unknown"};
  add(out, "\n%-28s %10s %10s %10s %8s %10s %10s %8s\n", title, "statements", "right", "precision", "recall",
      "other name", "outsiders", "top 5");
  for (std::size_t i = 0; i < kLevels; ++i) {
    add_tally(out, kNames[i], levels[i], failed);
    if (static_cast<Level>(i) == Level::inferred) add_tally(out, "  at confidence >= 0.9", sure, failed);
  }
}

void add_counts(std::string& out, const Counts& c, std::uint64_t events) {
  add(out, "%llu records, %llu events; %llu sessions of devices, %llu of scanners\n", Number{c.records},
      Number{events}, Number{c.sessions}, Number{c.scans});
  add(out,
      "behind NAT: %llu devices in %llu groups; others: %llu renewals, %llu with another address (%.3f)\n",
      Number{c.behind_nat}, Number{c.nat_groups}, Number{c.renewals}, Number{c.readdressed},
      share(c.readdressed, c.renewals));
  add(out,
      "failing: %llu devices, %llu of them in outbreaks, %llu give up; %llu failed sessions (%llu ended by "
      "the "
      "broker's timeout), %llu tries unseen\n",
      Number{c.failing_devices}, Number{c.together}, Number{c.never_again}, Number{c.failed},
      Number{c.unnoticed}, Number{c.unseen_tries});
  add(out, "back with something to report: %llu, of which %llu never report; %llu report records\n",
      Number{c.returns}, Number{c.reports_missing}, Number{c.reports});
  add(out,
      "renamed: %llu; clock wrong: %llu; with a certificate: %llu; connected before: %llu; scanners: %llu, "
      "%llu "
      "of them behind a NAT of devices\n",
      Number{c.renamed}, Number{c.clock_wrong}, Number{c.with_certificate}, Number{c.connected_before},
      Number{c.scanners}, Number{c.scanners_inside});
}

void add_calibration(std::string& out, const Result& result) {
  add(out, "\n%-28s %10s %10s %10s %10s %10s %10s\n", "calibration, first inferred", "statements",
      "confidence", "right", "difference", "std error", "devices");
  std::optional<double> worst;
  std::string too_few;
  for (std::size_t i = 0; i < kDeciles; ++i) {
    const Decile d = decile_of(result.clusters[i]);
    char name[32];
    std::snprintf(name, sizeof name, "%.1f to %.1f", static_cast<double>(i) / 10,
                  static_cast<double>(i + 1) / 10);
    const char* const note = off(d) ? "off" : d.enough() ? "" : "too few";
    add(out, "  %-26s %10llu %10.4f %10.4f %+10.4f %10.4f %10llu  %s\n", name, Number{d.count}, d.confidence,
        d.share, d.difference(), d.standard_error, Number{d.devices}, note);
    if (d.enough()) worst = std::max(worst.value_or(0), std::abs(d.difference()));
    if (!d.enough()) too_few += (too_few.empty() ? "" : ", ") + std::string(name);
  }
  if (worst) add(out, "  worst difference where the standard error is below 0.02: %.4f\n", *worst);
  if (!worst) out += "  no decile has enough statements for a standard error below 0.02\n";
  if (worst && !too_few.empty()) out += "  too few: " + too_few + "\n";
}

}  // namespace

std::string to_table(const Outcome& outcome, const std::vector<std::string>& missed) {
  const Result& r = outcome.result;
  std::string out;
  add_counts(out, outcome.counts, outcome.events);
  add(out, "\n%-28s %10s %10s %10s %8s %10s %10s %8s\n", "sessions with a login", "statements", "right",
      "precision", "recall", "other name", "outsiders", "top 5");
  add_tally(out, "exact", r.identified, outcome.counts.identified);
  add_levels(out, "failed, as first said", r.first, r.sure_first, r.failed);
  add_levels(out, "failed, as last said", r.last, r.sure_last, r.failed);
  add(out, "  %-26s %10llu %10llu\n", "folded", Number{r.folded},
      Number{r.folded_right[0] + r.folded_right[1] + r.folded_right[2]});
  out +=
      "  (folded: no diagnosis names the session; right where the last diagnosis of an earlier session of "
      "the "
      "device is)\n";
  add(out, "  of %llu failed sessions, the device is known in the end in %.4f\n", Number{r.failed},
      share(r.last[0].right + r.last[1].right + r.last[2].right + r.folded_right[0] + r.folded_right[1] +
                r.folded_right[2],
            r.failed));
  add_calibration(out, r);
  add(out, "\nscanners: %llu sessions, %llu first given a device's name, %llu in the end\n",
      Number{r.outsiders}, Number{r.outsiders_named_first}, Number{r.outsiders_named_last});
  add(out,
      "inferences confirmed by reports: %llu, refuted: %llu; exact or confirmed of sessions that did not "
      "fail: %llu, "
      "%llu "
      "of them right\n\n",
      Number{r.confirmed}, Number{r.refuted}, Number{r.elsewhere.statements}, Number{r.elsewhere.right});
  for (const std::string& sentence : missed) out += "missed: " + sentence + "\n";
  if (missed.empty()) out += "all targets hold\n";
  return out;
}

}  // namespace tlswatch::fleet_sim
