#include "counts.h"

namespace tlswatch::fleet_sim {
namespace {

constexpr CountRow kRows[] = {{"sessions", &Counts::sessions},
                              {"failed", &Counts::failed},
                              {"identified", &Counts::identified},
                              {"failing_devices", &Counts::failing_devices},
                              {"together", &Counts::together},
                              {"never_again", &Counts::never_again},
                              {"tries", &Counts::tries},
                              {"unseen_tries", &Counts::unseen_tries},
                              {"unnoticed", &Counts::unnoticed},
                              {"behind_nat", &Counts::behind_nat},
                              {"nat_groups", &Counts::nat_groups},
                              {"renewals", &Counts::renewals},
                              {"readdressed", &Counts::readdressed},
                              {"renamed", &Counts::renamed},
                              {"returns", &Counts::returns},
                              {"reports_missing", &Counts::reports_missing},
                              {"reports", &Counts::reports},
                              {"with_certificate", &Counts::with_certificate},
                              {"clock_wrong", &Counts::clock_wrong},
                              {"connected_before", &Counts::connected_before},
                              {"scanners", &Counts::scanners},
                              {"scanners_inside", &Counts::scanners_inside},
                              {"scans", &Counts::scans},
                              {"records", &Counts::records}};
static_assert(sizeof(Counts) == std::size(kRows) * sizeof(std::uint64_t), "every count has a row");

}  // namespace

std::span<const CountRow> count_rows() noexcept {
  return kRows;
}

void pool(Counts& into, const Counts& run) {
  for (const CountRow& row : kRows) into.*row.value += run.*row.value;
}

}  // namespace tlswatch::fleet_sim
