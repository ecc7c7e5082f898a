// The page's form, and what happens where a metric is full.
#include "daemon/metrics/registry.h"

#include <gtest/gtest.h>

#include "samples.h"

namespace tlswatch::test {
namespace {

using metrics::Id;
using metrics::Registry;

/// The part of the page that is about one metric.
std::string part(const Registry& registry, std::string_view name) {
  const std::string page = registry.render();
  const std::size_t from = page.find("# HELP " + std::string(name) + " ");
  const std::size_t to = page.find("# HELP ", from + 1);
  return page.substr(from, to - from);
}

TEST(Page, ACounterHasHelpTypeAndItsSeriesInOrder) {
  Registry registry;
  registry.add(Id::session_reuses, {"edge-2", "8884"});
  registry.add(Id::session_reuses, {"edge-1", "8883"}, 41);
  registry.add(Id::session_reuses, {"edge-1", "8883"});
  EXPECT_EQ(part(registry, "tlswatch_session_reuses_total"),
            "# HELP tlswatch_session_reuses_total Good handshakes that resumed a session.\n"
            "# TYPE tlswatch_session_reuses_total counter\n"
            "tlswatch_session_reuses_total{broker=\"edge-1\",listener=\"8883\"} 42\n"
            "tlswatch_session_reuses_total{broker=\"edge-2\",listener=\"8884\"} 1\n");
}

TEST(Page, AHistogramHasCumulativeBucketsSumAndCount) {
  Registry registry;
  for (const double seconds : {0.01, 0.3, 0.3, 31.0})
    registry.observe(Id::handshake_duration, {"edge-1", "none"}, seconds);
  const std::string page = part(registry, "tlswatch_handshake_duration_seconds");
  const auto at = [&](std::string_view bound) {
    return value_of(page,
                    "tlswatch_handshake_duration_seconds_bucket{broker=\"edge-1\",profile=\"none\",le=\"" +
                        std::string(bound) + "\"}");
  };
  EXPECT_EQ(at("0.01"), 1) << "a bound belongs to its bucket";
  EXPECT_EQ(at("0.25"), 1);
  EXPECT_EQ(at("0.5"), 3);
  EXPECT_EQ(at("30"), 3);
  EXPECT_EQ(at("+Inf"), 4);
  EXPECT_NE(page.find("_sum{broker=\"edge-1\",profile=\"none\"} 31.61\n"), std::string::npos) << page;
  EXPECT_NE(page.find("_count{broker=\"edge-1\",profile=\"none\"} 4\n"), std::string::npos) << page;
}

TEST(Page, AMetricWithoutLabelsHasNoBraces) {
  Registry registry;
  registry.set(Id::process_cpu, {}, 0.25);
  EXPECT_NE(part(registry, "process_cpu_seconds_total").find("\nprocess_cpu_seconds_total 0.25\n"),
            std::string::npos);
}

TEST(Page, WhatALabelValueHoldsCannotEndIt) {
  Registry registry;
  registry.add(Id::events_lost, {"a\"b\\c\nd"});
  EXPECT_NE(registry.render().find("tlswatch_events_lost_total{broker=\"a\\\"b\\\\c\\nd\"} 1\n"),
            std::string::npos);
}

TEST(Page, EmptyLabelValuesKeepTheirPlace) {
  Registry registry;
  registry.add(Id::session_reuses, {"", "8883"});
  registry.add(Id::session_reuses, {"", ""});
  EXPECT_EQ(value_of(registry.render(), "tlswatch_session_reuses_total{broker=\"\",listener=\"8883\"}"), 1);
  EXPECT_EQ(value_of(registry.render(), "tlswatch_session_reuses_total{broker=\"\",listener=\"\"}"), 1);
}

TEST(FullMetric, CountsWhatIsOverItsLimitTogetherAndSaysHowMuch) {
  Registry registry;
  const std::size_t limit = metrics::families()[static_cast<std::size_t>(Id::events_lost)].limit;
  for (std::size_t i = 0; i < limit + 10; ++i) registry.add(Id::events_lost, {"edge-" + std::to_string(i)});
  registry.add(Id::events_lost, {"edge-0"});
  const std::string page = registry.render();
  EXPECT_EQ(value_of(page, "tlswatch_events_lost_total{broker=\"edge-0\"}"), 2);
  EXPECT_EQ(value_of(page, "tlswatch_events_lost_total{broker=\"other\"}"), 11);
  EXPECT_EQ(value_of(page, "tlswatch_series_folded_total"), 11);
  EXPECT_EQ(registry.series(), limit + 1);
}

TEST(FullMetric, GivesASeriesRoomAgainWhenOneIsRemoved) {
  Registry registry;
  registry.set(Id::certificate_expiry, {"edge-1", "8883", "RSA"}, 1795366544);
  registry.remove(Id::certificate_expiry, {"edge-1", "8883", "RSA"});
  EXPECT_EQ(registry.series(), 0U);
}

}  // namespace
}  // namespace tlswatch::test
