#include "daemon/core/fleet/odds.h"

namespace tlswatch::fleet {
namespace {

/// What is believed before anything was told: a device that has just gone comes back, one that is connected
/// hardly does, one that failed a moment ago tries again. As strong as so many races.
constexpr double kBeliefRaces = 4;
/// Races that a state remembers: after so many more a race counts for 1/e.
constexpr double kMemory = 2000;
constexpr double kBelief[kWhereabouts] = {0.02, 1, 0.7, 0.4, 0.15, 0.03, 0.1, 3, 3};
constexpr double kSurelyBelief = 2;
constexpr double kStrangerPrior = 0.03;
/// Whoever sends no hello is a scanner as often as not.
constexpr double kStrangerPriorWithoutHello = 0.5;

}  // namespace

double Odds::Rate::value() const noexcept {
  return (won + believed * kBeliefRaces) / (raced + kBeliefRaces);
}

void Odds::Rate::race(double times_by_total, double wins, double weight) noexcept {
  const double fade = 1 - weight / kMemory;
  won = won * fade + wins * weight;
  raced = raced * fade + times_by_total * weight;
}

Odds::Odds() {
  for (auto& by_size : rates_) {
    for (Rates& rates : by_size) {
      for (std::size_t i = 0; i < kStates; ++i)
        rates.candidate[i].believed = kBelief[i / 4] * (i / 2 % 2 == 1 ? kSurelyBelief : 1);
      rates.stranger[0].believed = kStrangerPrior;
      rates.stranger[1].believed = kStrangerPriorWithoutHello;
    }
  }
}

std::size_t Odds::size_class(const Crowd& crowd) noexcept {
  if (crowd.total <= 1) return 0;
  if (crowd.total <= 4) return 1;
  return crowd.total <= 20 ? 2 : 3;
}

double Odds::total(const Rates& rates, const Crowd& crowd) noexcept {
  double sum = rates.stranger[crowd.no_hello ? 1 : 0].value();
  for (std::size_t i = 0; i < kStates; ++i) {
    if (crowd.count[i] != 0) sum += crowd.count[i] * rates.candidate[i].value();
  }
  return sum;
}

double Odds::share(Visit visit, const Crowd& crowd, CandidateState state) const noexcept {
  const Rates& of = rates(visit, crowd);
  return of.candidate[state.index()].value() / total(of, crowd);
}

void Odds::learn(Visit visit, const Crowd& crowd, std::optional<CandidateState> truth,
                 double weight) noexcept {
  Rates& of = rates_[static_cast<std::size_t>(visit)][size_class(crowd)];
  const double by_total = 1 / total(of, crowd);
  for (std::size_t i = 0; i < kStates; ++i) {
    if (crowd.count[i] == 0) continue;
    of.candidate[i].race(crowd.count[i] * by_total, truth && truth->index() == i ? 1 : 0, weight);
  }
  of.stranger[crowd.no_hello ? 1 : 0].race(by_total, truth ? 0 : 1, weight);
}

}  // namespace tlswatch::fleet
