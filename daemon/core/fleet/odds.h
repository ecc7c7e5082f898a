#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tlswatch::fleet {

/// How likely which device is behind a failed connection, learned from those whose device was told later.
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
  bool no_hello = false;   ///< the connection showed no hello: only its address speaks for anybody
  bool half_open = false;  ///< of one that failed: its broker still thinks that it is connected
  std::size_t index() const noexcept {
    return ((static_cast<std::size_t>(whereabouts) * 2 + (surely ? 1 : 0)) * 2 + (half_open ? 1 : 0)) * 2 +
           (no_hello ? 1 : 0);
  }
};
inline constexpr std::size_t kStates = kWhereabouts * 8;

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
  bool rush = false;  ///< failures come from there as no single device makes them
  std::vector<Noted> noted;

  /// Of eight: how many there are, and whether they rush.
  std::size_t class_of() const noexcept {
    const std::size_t size = total <= 1 ? 0 : total <= 4 ? 1 : total <= 20 ? 2 : 3;
    return size * 2 + (rush ? 1 : 0);
  }
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
  /// The probability that one candidate in this state is behind the connection.
  double share(const Crowd& crowd, CandidateState state) const noexcept;

  /// It was told who was behind a connection: a candidate in this state, or none of them. `weight`: below 1
  /// where it was one of several connections.
  void learn(const Crowd& crowd, std::optional<CandidateState> truth, double weight = 1) noexcept;

 private:
  struct Rate {
    double won = 0, raced = 0;
    /// What was seen, and what was believed before, which counts for so many races.
    double value(double believed, double races) const noexcept;
    void race(double times_by_total, double wins, double weight) noexcept;
  };
  struct Rates {
    std::array<Rate, kStates> candidate;
    std::array<Rate, 2> stranger;  ///< without and with a hello
  };
  /// Rates are a flat's, a house's, a hall's, in calm and in a rush: what is usual behind one address differs
  /// with how many live there, and with whether several fail together. What a class has not seen enough of is
  /// taken from all of them, and what none has seen from what is believed at the start.
  static constexpr std::size_t kClasses = 8;  // of Crowd::class_of
  double candidate(const Crowd& crowd, std::size_t state) const noexcept;
  double stranger(const Crowd& crowd) const noexcept;
  double total(const Crowd& crowd) const noexcept;

  Rates all_;
  std::array<Rates, kClasses> by_class_;
};

/// Calibration: how often the one who was named was the one, by how sure the odds were and in which class of
/// crowd. The model is simpler than a house; where its word was kept less often than it said, it counts less.
class Calibration {
 public:
  /// Where a naming is filed: by its share and crowd.
  static std::uint8_t file(const Crowd& crowd, double share) noexcept;
  /// The share, corrected by what became of those filed there, less one standard error of that: a name is no
  /// surer than it has shown to be.
  double corrected(std::uint8_t file, double share) const noexcept;
  void learn(std::uint8_t file, bool right, double weight) noexcept;

 private:
  static constexpr std::array<double, 9> kFrom{0, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995};
  struct File {
    double right = 0, all = 0;
  };
  std::array<File, kFrom.size() * 8> files_;
};

}  // namespace tlswatch::fleet
