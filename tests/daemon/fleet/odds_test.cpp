// The odds learn each fleet's own habits: fleets whose habits are known are played to them.
#include "daemon/core/fleet/odds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tlswatch::fleet {
namespace {

constexpr CandidateState kConnected{};
constexpr CandidateState kJustGone{Whereabouts::gone_for_seconds};

Crowd crowd_of(std::initializer_list<CandidateState> states) {
  Crowd out;
  for (const CandidateState& state : states) out.add(0, state);
  return out;
}

TEST(Odds, shares_and_the_stranger_s_add_up_to_one_at_most) {
  const Odds odds;
  const Crowd crowd = crowd_of({kConnected, kConnected, kJustGone});
  const double sum = 2 * odds.share(crowd, kConnected) + odds.share(crowd, kJustGone);
  EXPECT_GT(sum, 0.5);
  EXPECT_LT(sum, 1);
}

TEST(Odds, believe_before_anything_was_told_that_who_has_just_gone_comes_back) {
  const Odds odds;
  const Crowd crowd = crowd_of({kConnected, kJustGone});
  EXPECT_GT(odds.share(crowd, kJustGone), 0.9);
}

TEST(Odds, are_even_among_equals) {
  const Odds odds;
  const Crowd crowd = crowd_of({kJustGone, kJustGone, kJustGone, kJustGone});
  EXPECT_NEAR(odds.share(crowd, kJustGone), 0.25, 0.01);
}

// True rates: who is connected at `connected` times the rate of who has gone, a stranger at `stranger`.
struct HabitCase {
  const char* name;
  double connected, stranger;
};
const HabitCase kHabits[] = {
    {"half_open_sessions_are_common", 0.5, 0.02},
    {"half_open_sessions_are_rare", 0.001, 0.02},
    {"strangers_are_common", 0.05, 0.6},
};
class Habits : public testing::TestWithParam<HabitCase> {};

TEST_P(Habits, are_learned_from_who_it_was) {
  Odds odds;
  std::mt19937_64 random(7);
  const auto draw = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  for (int i = 0; i < 20'000; ++i) {
    Crowd crowd;
    const int connected = 1 + static_cast<int>(random() % 4);
    const int gone = static_cast<int>(random() % 2);
    for (int k = 0; k < connected; ++k) crowd.add(0, kConnected);
    for (int k = 0; k < gone; ++k) crowd.add(0, kJustGone);
    const double total = connected * GetParam().connected + gone + GetParam().stranger;
    const double at = draw() * total;
    std::optional<CandidateState> truth;
    if (at < gone) truth = kJustGone;
    if (at >= gone && at < gone + connected * GetParam().connected) truth = kConnected;
    odds.learn(crowd, truth);
  }
  const Crowd crowd = crowd_of({kConnected, kConnected, kJustGone});
  const double total = 2 * GetParam().connected + 1 + GetParam().stranger;
  EXPECT_NEAR(odds.share(crowd, kJustGone), 1 / total, 0.03);
  EXPECT_NEAR(odds.share(crowd, kConnected), GetParam().connected / total, 0.03);
}
INSTANTIATE_TEST_SUITE_P(Odds, Habits, testing::ValuesIn(kHabits),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tlswatch::fleet
