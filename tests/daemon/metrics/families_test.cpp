// The table of metrics: names and words that people and Prometheus can live with.
#include "daemon/metrics/families.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace tlswatch::metrics {
namespace {

using Names = std::set<std::string_view>;

// What may be a label. A device, a user, an address, a server name, a JA4 or a session is none: outsiders can
// make many of each.
const Names kAllowedLabels = {
    "broker",   "listener", "stage",   "cause", "reason", "outcome", "profile", "requested", "negotiated",
    "honoured", "cipher",   "version", "key",   "size",   "verdict", "rule",    "action",    "direction",
    "alert",    "how",      "result",  "stack", "phase",  "via",     "kind"};

// Units that are not base units, and words that say the type.
const Names kBadWords = {"ms",      "us",    "ns",      "milliseconds", "minutes",   "hours",
                         "days",    "kb",    "mb",      "kilobytes",    "megabytes", "kib",
                         "percent", "gauge", "counter", "histogram",    "summary"};

TEST(Families, HaveNamesOfOursWithTheEndThatTheirTypeWants) {
  for (const Family& family : families()) {
    const std::string name(family.name);
    SCOPED_TRACE(name);
    EXPECT_TRUE(std::regex_match(name, std::regex("(tlswatch|process)_[a-z_]*[a-z]")));
    EXPECT_EQ(name.ends_with("_total"), family.type == Type::counter);
    EXPECT_TRUE(family.type != Type::histogram || name.ends_with("_seconds"));
    const std::regex words("[^_]+");
    for (std::sregex_iterator word(name.begin(), name.end(), words), end; word != end; ++word)
      EXPECT_FALSE(kBadWords.contains(word->str())) << word->str();
  }
}

TEST(Families, SayInASentenceWhatTheyAre) {
  for (const Family& family : families()) {
    SCOPED_TRACE(family.name);
    EXPECT_GE(family.help.size(), 15U);
    EXPECT_LE(family.help.size(), 200U);
    EXPECT_TRUE(family.help.ends_with('.'));
    EXPECT_EQ(family.help.find_first_of("\n\\\""), std::string_view::npos);
  }
}

TEST(Families, HaveOnlyLabelsThatAreAllowedEachOnceAndRoomForMoreThanOneOfThem) {
  for (const Family& family : families()) {
    SCOPED_TRACE(family.name);
    Names seen;
    for (const std::string_view label : family.labels()) {
      EXPECT_TRUE(kAllowedLabels.contains(label)) << label;
      EXPECT_TRUE(seen.insert(label).second) << label;
    }
    const bool one_series = seen.empty() || family.id == Id::build_info;
    EXPECT_EQ(family.limit == 1, one_series);
  }
}

TEST(Families, NamesAndHelpsAreDistinct) {
  Names names;
  Names helps;
  for (const Family& family : families()) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_TRUE(helps.insert(family.help).second) << family.help;
  }
}

}  // namespace
}  // namespace tlswatch::metrics
