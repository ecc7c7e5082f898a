#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <span>

namespace tlswatch::fleet_sim {

/// Random draws the simulation's chances. The generator is fixed by the standard and the distributions are
/// written here, since the standard library's differ between implementations: a seed means the same fleet
/// everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  /// In [0, n); 0 where n is 0. The bias of the remainder is below 2^-32 for what is drawn here.
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : engine_() % n; }
  /// In [from, to], both included.
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from >= to ? from
                      : from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
  }
  /// In [0, 1).
  double real() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  double real(double from, double to) { return from + (to - from) * real(); }
  bool chance(double probability) { return real() < probability; }
  /// Waiting time until an event that comes once in `mean`.
  double exponential(double mean) { return -std::log(1.0 - real()) * mean; }
  /// Each order of magnitude between `from` and `to` is equally likely; both above 0.
  double log_uniform(double from, double to) { return from * std::exp(real() * std::log(to / from)); }
  /// An index, each as likely as its weight says.
  std::size_t pick(std::span<const double> weights) {
    double all = 0;
    for (const double weight : weights) all += weight;
    double left = real() * all;
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
      left -= weights[i];
      if (left < 0) return i;
    }
    return weights.empty() ? 0 : weights.size() - 1;
  }
  template <typename List>
  void shuffle(List& list) {
    for (std::size_t i = std::size(list); i > 1; --i) std::swap(list[i - 1], list[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tlswatch::fleet_sim
