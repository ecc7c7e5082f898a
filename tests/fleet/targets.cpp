#include "targets.h"

#include <cmath>
#include <cstdio>

namespace tlswatch::fleet_sim {
namespace {

std::string text(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.4f", value);
  return out;
}

void want_all_right(const Tally& tally, const std::string& what, std::vector<std::string>& missed) {
  if (tally.right == tally.statements) return;
  missed.push_back(what + ": precision " + text(tally.precision()) + " of " +
                   std::to_string(tally.statements) + " statements, wanted 1");
}

}  // namespace

bool off(const Decile& decile) noexcept {
  if (decile.count == 0) return false;
  const double allowed = kCalibration + (decile.enough() ? 0 : 2 * decile.standard_error);
  return std::abs(decile.difference()) > allowed;
}

std::vector<std::string> missed_targets(const Result& r, std::uint64_t reports) {
  constexpr auto kExact = static_cast<std::size_t>(Level::exact);
  constexpr auto kConfirmed = static_cast<std::size_t>(Level::confirmed);
  std::vector<std::string> missed;
  want_all_right(r.identified, "exact, sessions with a login", missed);
  want_all_right(r.first[kExact], "exact, failed sessions as first said", missed);
  want_all_right(r.last[kExact], "exact, failed sessions as last said", missed);
  want_all_right(r.first[kConfirmed], "confirmed, as first said", missed);
  want_all_right(r.last[kConfirmed], "confirmed, as last said", missed);
  want_all_right(r.elsewhere, "exact or confirmed, sessions that did not fail", missed);
  if (r.failed == 0) return missed;
  if (reports != 0 && r.last[kConfirmed].statements == 0) {
    missed.push_back("confirmed: none, though " + std::to_string(reports) + " reports came");
  }
  if (r.sure_first.statements == 0) missed.push_back("inferred: none at a confidence of 0.9 or more");
  if (r.sure_first.statements != 0 && r.sure_first.precision() < kSurePrecision) {
    missed.push_back("inferred at a confidence of 0.9 or more: precision " + text(r.sure_first.precision()) +
                     " of " + std::to_string(r.sure_first.statements) + " statements, wanted 0.98");
  }
  for (std::size_t i = 0; i < kDeciles; ++i) {
    const Decile decile = decile_of(r.clusters[i]);
    if (!off(decile)) continue;
    missed.push_back("calibration: decile " + std::to_string(i + 1) + " is right in " + text(decile.share) +
                     " where it says " + text(decile.confidence) + ", wanted within 0.05");
  }
  return missed;
}

}  // namespace tlswatch::fleet_sim
