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

void Odds::Rate::race(double times_by_total, double wins) noexcept {
  constexpr double kFade = 1 - 1 / kMemory;
  won = won * kFade + wins;
  raced = raced * kFade + times_by_total;
}

Odds::Odds() {
  for (Rates& rates : rates_) {
    for (std::size_t i = 0; i < kStates; ++i) {
      rates.candidate[i].believed = kBelief[i / 4] * (i / 2 % 2 == 1 ? kSurelyBelief : 1);
    }
    for (std::size_t i = 0; i < rates.stranger.size(); ++i) {
      rates.stranger[i].believed = i % 2 == 1 ? kStrangerPriorWithoutHello : kStrangerPrior;
    }
  }
}

std::size_t Odds::stranger_index(const Crowd& crowd) noexcept {
  const std::size_t size = crowd.total <= 1 ? 0 : crowd.total <= 4 ? 1 : crowd.total <= 20 ? 2 : 3;
  return size * 2 + (crowd.no_hello ? 1 : 0);
}

double Odds::candidate_rate(Visit visit, std::size_t state) const noexcept {
  return rates_[static_cast<std::size_t>(visit)].candidate[state].value();
}

double Odds::stranger_rate(Visit visit, std::size_t index) const noexcept {
  return rates_[static_cast<std::size_t>(visit)].stranger[index].value();
}

double Odds::total(Visit visit, const Crowd& crowd) const noexcept {
  double sum = stranger_rate(visit, stranger_index(crowd));
  for (std::size_t i = 0; i < kStates; ++i) {
    if (crowd.count[i] != 0) sum += crowd.count[i] * candidate_rate(visit, i);
  }
  return sum;
}

double Odds::share(Visit visit, const Crowd& crowd, CandidateState state) const noexcept {
  return candidate_rate(visit, state.index()) / total(visit, crowd);
}

void Odds::learn(Visit visit, const Crowd& crowd, std::optional<CandidateState> truth) noexcept {
  const double by_total = 1 / total(visit, crowd);
  Rates& rates = rates_[static_cast<std::size_t>(visit)];
  for (std::size_t i = 0; i < kStates; ++i) {
    if (crowd.count[i] == 0) continue;
    rates.candidate[i].race(crowd.count[i] * by_total, truth && truth->index() == i ? 1 : 0);
  }
  rates.stranger[stranger_index(crowd)].race(by_total, truth ? 0 : 1);
}

}  // namespace tlswatch::fleet
