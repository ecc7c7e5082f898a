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

class EachFamily : public testing::TestWithParam<Family> {};

TEST_P(EachFamily, HasANameOfOursWithTheEndThatItsTypeWants) {
  const std::string name(GetParam().name);
  EXPECT_TRUE(std::regex_match(name, std::regex("(tlswatch|process)_[a-z_]*[a-z]")));
  EXPECT_EQ(name.ends_with("_total"), GetParam().type == Type::counter);
  EXPECT_EQ(name.ends_with("_seconds"), GetParam().type == Type::histogram ||
                                            name.ends_with("_time_seconds") ||
                                            name.ends_with("_timestamp_seconds"));
  const std::regex words("[^_]+");
  for (std::sregex_iterator word(name.begin(), name.end(), words), end; word != end; ++word)
    EXPECT_FALSE(kBadWords.contains(word->str())) << word->str();
}

TEST_P(EachFamily, SaysInOneSentenceWhatItIs) {
  const std::string_view help = GetParam().help;
  EXPECT_GE(help.size(), 15U);
  EXPECT_LE(help.size(), 200U);
  EXPECT_TRUE(help.ends_with('.') || help.ends_with('1')) << help;
  EXPECT_EQ(help.find_first_of("\n\\\""), std::string_view::npos);
}

TEST_P(EachFamily, HasOnlyLabelsThatAreAllowedEachOnce) {
  Names seen;
  for (const std::string_view label : GetParam().labels()) {
    EXPECT_TRUE(kAllowedLabels.contains(label)) << label;
    EXPECT_TRUE(seen.insert(label).second) << label;
  }
  EXPECT_GE(GetParam().limit, seen.empty() ? 1U : std::size_t{GetParam().id != Id::build_info} + 1);
}

INSTANTIATE_TEST_SUITE_P(Metrics, EachFamily, testing::ValuesIn(families().begin(), families().end()),
                         [](const auto& family) { return std::string(family.param.name); });

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
