#include "daemon/core/fleet/odds.h"

#include <algorithm>
#include <cmath>

namespace tlswatch::fleet {
namespace {

/// What is believed before anything was told: a device that has just gone comes back, one that is connected
/// hardly does, one that failed a moment ago tries again. As strong as so many races.
constexpr double kBeliefRaces = 4;
/// What is usual over all classes counts in one of them as so many races.
constexpr double kUsualRaces = 20;
/// How many namings the model's own word counts for.
constexpr double kTrust = 15;
/// Standard errors that a name is held below what it has shown.
constexpr double kMargin = 0.4;
/// Races that a state remembers: after so many more a race counts for 1/e.
constexpr double kMemory = 2000;
constexpr double kBelief[kWhereabouts] = {0.02, 1, 0.7, 0.4, 0.15, 0.03, 0.1, 3, 3};
constexpr double kSurelyBelief = 2;
constexpr double kStrangerPrior = 0.03;
/// Whoever sends no hello is a scanner as often as not.
constexpr double kStrangerPriorWithoutHello = 0.5;

double believed(std::size_t state) noexcept {
  return kBelief[state / 8] * (state / 4 % 2 == 1 ? kSurelyBelief : 1);
}

}  // namespace

double Odds::Rate::value(double believed, double races) const noexcept {
  return (won + believed * races) / (raced + races);
}

void Odds::Rate::race(double times_by_total, double wins, double weight) noexcept {
  const double fade = 1 - weight / kMemory;
  won = won * fade + wins * weight;
  raced = raced * fade + times_by_total * weight;
}

double Odds::candidate(const Crowd& crowd, std::size_t state) const noexcept {
  const double usual = all_.candidate[state].value(believed(state), kBeliefRaces);
  return by_class_[crowd.class_of()].candidate[state].value(usual, kUsualRaces);
}

double Odds::stranger(const Crowd& crowd) const noexcept {
  const std::size_t i = crowd.no_hello ? 1 : 0;
  const double usual =
      all_.stranger[i].value(i == 1 ? kStrangerPriorWithoutHello : kStrangerPrior, kBeliefRaces);
  return by_class_[crowd.class_of()].stranger[i].value(usual, kUsualRaces);
}

double Odds::total(const Crowd& crowd) const noexcept {
  double sum = stranger(crowd);
  for (std::size_t i = 0; i < kStates; ++i) {
    if (crowd.count[i] != 0) sum += crowd.count[i] * candidate(crowd, i);
  }
  return sum;
}

double Odds::share(const Crowd& crowd, CandidateState state) const noexcept {
  return candidate(crowd, state.index()) / total(crowd);
}

void Odds::learn(const Crowd& crowd, std::optional<CandidateState> truth, double weight) noexcept {
  const double by_total = 1 / total(crowd);
  for (Rates* const rates : {&all_, &by_class_[crowd.class_of()]}) {
    for (std::size_t i = 0; i < kStates; ++i) {
      if (crowd.count[i] == 0) continue;
      rates->candidate[i].race(crowd.count[i] * by_total, truth && truth->index() == i ? 1 : 0, weight);
    }
    rates->stranger[crowd.no_hello ? 1 : 0].race(by_total, truth ? 0 : 1, weight);
  }
}

std::uint8_t Calibration::file(const Crowd& crowd, double share) noexcept {
  const auto above = std::upper_bound(kFrom.begin(), kFrom.end(), share);
  const auto bin = static_cast<std::size_t>(above - kFrom.begin()) - 1;
  return static_cast<std::uint8_t>(crowd.class_of() * kFrom.size() + bin);
}

double Calibration::corrected(std::uint8_t file, double share) const noexcept {
  const File& f = files_[file];
  const double seen = f.all + kTrust;
  const double rate = (f.right + share * kTrust) / seen;
  return rate - kMargin * std::sqrt(rate * (1 - rate) / seen);
}

void Calibration::learn(std::uint8_t file, bool right, double weight) noexcept {
  constexpr double kFade = 1 - 1 / kMemory;
  File& f = files_[file];
  f.all = f.all * kFade + weight;
  f.right = f.right * kFade + (right ? weight : 0);
}

}  // namespace tlswatch::fleet
