#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/core/event/events.h"
#include "ledger.h"

namespace tlswatch::fleet_sim {

/// What an identity claims to be; the order of the tables.
enum class Level : std::uint8_t { exact, confirmed, inferred, unknown };
inline constexpr std::size_t kLevels = 4;
inline constexpr double kSure = 0.9;
inline constexpr std::size_t kDeciles = 10;

/// Tally: statements of one kind against the truth.
struct Tally {
  std::uint64_t statements = 0;
  std::uint64_t right = 0;       ///< the same physical device; a login: its id at that time
  std::uint64_t other_name = 0;  ///< an id that the device had before or got later: right, but not of a login
  std::uint64_t outsiders = 0;   ///< not right: nobody's device was named
  std::uint64_t among_five = 0;  ///< right, or an id of the device is a candidate
  double precision() const noexcept {
    return statements == 0 ? 0 : static_cast<double>(right) / static_cast<double>(statements);
  }
};

/// Cluster: the inferences of one range of confidence about one device. Its tries share one fate, so they
/// count as one draw.
struct Cluster {
  std::uint64_t count = 0;
  std::uint64_t right = 0;
  double confidence = 0;  ///< sum
};

/// Decile: inferences of one range of confidence.
struct Decile {
  std::uint64_t count = 0;
  std::uint64_t devices = 0;
  double confidence = 0;      ///< mean
  double share = 0;           ///< of count that are right
  double standard_error = 0;  ///< of `share`, over the devices
  bool enough() const noexcept { return count != 0 && standard_error < 0.02; }
  double difference() const noexcept { return share - confidence; }
};
Decile decile_of(const std::vector<Cluster>& clusters);

/// Result: how well identities were told. A failed session's first statement is its first diagnosis', its
/// last one the last diagnosis' that names it.
struct Result {
  std::uint64_t failed = 0;  ///< sessions of devices
  std::uint64_t folded = 0;  ///< of those: no diagnosis names them
  std::array<Tally, kLevels> first, last;
  std::array<std::uint64_t, kLevels> folded_right{};  ///< folded sessions that the last statement fits
  Tally sure_first, sure_last;                        ///< inferred, at a confidence of kSure or more
  Tally identified;                                   ///< mqtt-identified
  Tally elsewhere;                                    ///< exact and confirmed, of sessions that did not fail
  std::uint64_t outsiders = 0;                        ///< sessions of scanners
  std::uint64_t outsiders_named_first = 0, outsiders_named_last = 0;
  std::uint64_t confirmed = 0, refuted = 0;             ///< diagnoses that say so
  std::array<std::vector<Cluster>, kDeciles> clusters;  ///< of first inferences, by their confidence
};

/// Adds another run's result to one.
void pool(Result& into, const Result& run);

/// Score listens to what the pipeline says and compares it with the truth.
class Score {
 public:
  explicit Score(const Ledger& ledger) : ledger_(ledger) {}

  void take(const event::Event& event);
  Result result() const;

 private:
  struct Statement {
    Level level = Level::unknown;
    bool right = false, other_name = false, among_five = false;
    double confidence = 0;
  };
  struct Told {
    Statement first, last;
  };

  void take(const event::MqttIdentified& event);
  void take(const event::Diagnosis& event);
  Statement judge(const event::Diagnosis& event, const Ledger::Session& session) const;

  const Ledger& ledger_;
  std::unordered_map<std::uint64_t, Told> told_;  ///< by session
  Result so_far_;
};

/// The number in a session's name (fleet::session_text); 0: it has none.
std::uint64_t session_number(std::string_view session) noexcept;

}  // namespace tlswatch::fleet_sim
