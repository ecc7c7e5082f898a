// Certificates near their end: said once a threshold, not once a session.
#include "daemon/core/event/expiry.h"

#include <gtest/gtest.h>

namespace tlswatch::event {
namespace {

constexpr std::int64_t kNow_s = 1795366544;
constexpr std::int64_t kHour_s = 3600;
constexpr std::int64_t kDay_s = 24 * kHour_s;

CertificateFacts certificate(std::int64_t left_s, std::uint8_t name = 1) {
  CertificateFacts out;
  out.sha256[0] = name;
  out.not_after_unix_s = kNow_s + left_s;
  return out;
}

struct LeftCase {
  const char* name;
  std::int64_t left_s;
  std::uint32_t threshold;  // 0: no warning
  std::uint32_t days;
};
const LeftCase kLeft[] = {
    {"a_year", 365 * kDay_s, 0, 0},   {"a_second_more_than_30_days", 30 * kDay_s + 1, 0, 0},
    {"30_days", 30 * kDay_s, 30, 30}, {"a_second_more_than_7_days", 7 * kDay_s + 1, 30, 7},
    {"7_days", 7 * kDay_s, 7, 7},     {"5_days", 5 * kDay_s, 7, 5},
    {"1_day", kDay_s, 1, 1},          {"an_hour", kHour_s, 1, 0},
    {"its_last_second", 0, 1, 0},     {"expired", -1, 0, 0},
};
class TimeLeft : public testing::TestWithParam<LeftCase> {};
TEST_P(TimeLeft, is_said_at_the_threshold_it_is_in_and_once) {
  ExpiryWatch watch;
  const auto warning = watch.seen(0, certificate(GetParam().left_s), kNow_s);
  ASSERT_EQ(warning.has_value(), GetParam().threshold != 0);
  EXPECT_FALSE(watch.seen(0, certificate(GetParam().left_s), kNow_s));
  if (!warning) return;
  EXPECT_EQ(warning->threshold_days, GetParam().threshold);
  EXPECT_EQ(warning->days_left, GetParam().days);
}
INSTANTIATE_TEST_SUITE_P(Expiry, TimeLeft, testing::ValuesIn(kLeft),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ExpiryWatch, says_each_threshold_once_over_a_certificate_s_last_months) {
  ExpiryWatch watch;
  const CertificateFacts c = certificate(60 * kDay_s);
  std::vector<std::uint32_t> said;
  for (std::int64_t hour = 0; hour < 61 * 24; ++hour) {
    if (const auto w = watch.seen(0, c, kNow_s + hour * kHour_s)) said.push_back(w->threshold_days);
  }
  EXPECT_EQ(said, (std::vector<std::uint32_t>{30, 7, 1}));
}

TEST(ExpiryWatch, tells_certificates_and_brokers_apart) {
  ExpiryWatch watch;
  EXPECT_TRUE(watch.seen(0, certificate(kDay_s, 1), kNow_s));
  EXPECT_TRUE(watch.seen(0, certificate(kDay_s, 2), kNow_s));
  EXPECT_TRUE(watch.seen(1, certificate(kDay_s, 1), kNow_s));
}

TEST(ExpiryWatch, says_one_again_only_where_it_met_more_than_it_remembers) {
  ExpiryWatch watch(2);
  for (std::uint8_t name = 1; name <= 3; ++name)
    EXPECT_TRUE(watch.seen(0, certificate(kDay_s, name), kNow_s));
  EXPECT_FALSE(watch.seen(0, certificate(kDay_s, 3), kNow_s));
  EXPECT_TRUE(watch.seen(0, certificate(kDay_s, 1), kNow_s));
}

}  // namespace
}  // namespace tlswatch::event
