#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tlswatch::fleet {

/// How likely which device is behind a connection, learned from the connections whose device was told later.
///
/// The model: every device at a place comes back at a rate that depends on its state alone, and somebody who
/// is not known there comes at a rate of its own; whose connection this is, is a race between them (Luce's
/// choice model, R. D. Luce, Individual Choice Behavior, 1959). So a candidate's share is its rate over the
/// sum of all rates. The rates are fitted as the answers come, by the minorise-maximise step for such models
/// (D. R. Hunter, MM algorithms for generalized Bradley-Terry models, Annals of Statistics 32, 2004): a rate
/// is the times that its state won, over the sum of 1/total rate of the races it was in.
///
/// Older races count for less (kMemory): the first ones were judged by rates that were still wrong, and
/// fleets change. What is believed at the start never fades, which also keeps the rates' common scale, of
/// which the model says nothing, where it is.
///
/// Nothing in it knows why a fleet's devices come and go: a fleet behind one NAT, one whose addresses are
/// dealt out anew each hour and one whose broker is full of half-open sessions each teach it their own rates.

/// What a connection was, as their rates differ.
enum class Visit : std::uint8_t { success, failure };

/// Where a candidate is, as far as known. Still connected: its broker thinks so, and it may be gone.
enum class Whereabouts : std::uint8_t {
  connected,
  gone_for_seconds,
  gone_for_minutes,
  gone_for_an_hour,
  gone_for_a_day,
  gone_for_longer,
  // Its last try failed: a short while ago. Two devices of a house that fail together are told apart by this:
  // none tries again at once.
  failed_just_now,
  failed_seconds_ago,
  failed_minutes_ago,
};
inline constexpr std::size_t kWhereabouts = 9;

/// State of one candidate.
struct CandidateState {
  Whereabouts whereabouts = Whereabouts::connected;
  /// Of one that failed: whether that is sure. It was inferred, and a row of failures is as sure to be its
  /// own as the first one was.
  bool surely = false;
  bool no_hello = false;  ///< the connection showed no hello: only its address speaks for anybody
  std::size_t index() const noexcept {
    return (static_cast<std::size_t>(whereabouts) * 2 + (surely ? 1 : 0)) * 2 + (no_hello ? 1 : 0);
  }
};
inline constexpr std::size_t kStates = kWhereabouts * 4;

/// Crowd: how many candidates there are in each state; all of one connection.
struct Crowd {
  /// Candidates that were not simply connected, by a hash of their name, so that it can be said later in
  /// which state the one was that it turned out to be. The first ones of many.
  struct Noted {
    std::uint64_t name = 0;
    CandidateState state;
  };
  static constexpr std::size_t kMaxNoted = 64;

  std::array<std::uint16_t, kStates> count{};
  std::uint16_t total = 0;
  bool no_hello = false;
  std::vector<Noted> noted;

  void add(std::uint64_t name, CandidateState state) {
    ++count[state.index()];
    ++total;
    if (state.whereabouts != Whereabouts::connected && noted.size() < kMaxNoted)
      noted.push_back({name, state});
  }
  /// The state of a candidate; of one that was not noted: connected.
  CandidateState state_of(std::uint64_t name) const noexcept {
    for (const Noted& one : noted) {
      if (one.name == name) return one.state;
    }
    return {Whereabouts::connected, false, no_hello};
  }
};

class Odds {
 public:
  Odds();

  /// The probability that one candidate in this state is behind the connection.
  double share(Visit visit, const Crowd& crowd, CandidateState state) const noexcept;

  /// It was told who was behind a connection: a candidate in this state, or none of them. `weight`: below 1
  /// where it was one of several connections.
  void learn(Visit visit, const Crowd& crowd, std::optional<CandidateState> truth,
             double weight = 1) noexcept;

 private:
  /// Rates are a house's, a large house's, a hall's: what is usual behind one address differs with how many
  /// live there.
  static constexpr std::size_t kCrowdSizes = 4;
  struct Rate {
    double believed = 0;  ///< at the start
    double won = 0, raced = 0;
    double value() const noexcept;
    void race(double times_by_total, double wins, double weight) noexcept;
  };
  struct Rates {
    std::array<Rate, kStates> candidate;
    std::array<Rate, 2> stranger;  ///< without and with a hello
  };
  static std::size_t size_class(const Crowd& crowd) noexcept;
  const Rates& rates(Visit visit, const Crowd& crowd) const noexcept {
    return rates_[static_cast<std::size_t>(visit)][size_class(crowd)];
  }
  static double total(const Rates& rates, const Crowd& crowd) noexcept;

  std::array<std::array<Rates, kCrowdSizes>, 2> rates_;  // by Visit, and how many candidates there are
};

}  // namespace tlswatch::fleet
