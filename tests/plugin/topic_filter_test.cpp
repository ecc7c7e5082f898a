#include "plugin/topic_filter.h"

#include <gtest/gtest.h>

namespace tlswatch::plugin {
namespace {

struct MatchCase {
  const char* name;
  const char* filter;
  const char* topic;
  bool matches;
};

// The examples of MQTT 3.1.1 section 4.7, and the edges between them.
const MatchCase kMatches[] = {
    {"the_same_text", "a/b", "a/b", true},
    {"another_last_byte", "a/b", "a/c", false},
    {"a_longer_topic", "a/b", "a/b/c", false},
    {"a_shorter_topic", "a/b/c", "a/b", false},
    {"a_prefix_of_the_filter", "abc", "ab", false},
    {"plus_takes_one_level", "sport/+", "sport/tennis", true},
    {"plus_takes_an_empty_level", "sport/+", "sport/", true},
    {"plus_needs_its_level", "sport/+", "sport", false},
    {"plus_takes_no_two_levels", "sport/+", "sport/tennis/player1", false},
    {"plus_in_the_middle", "stat/+/LOGGING", "stat/tasmota_1/LOGGING", true},
    {"plus_in_the_middle_and_another_end", "stat/+/LOGGING", "stat/tasmota_1/RESULT", false},
    {"plus_alone", "+", "finance", true},
    {"plus_alone_and_two_levels", "+", "/finance", false},
    {"two_pluses", "+/+", "/finance", true},
    {"hash_takes_the_rest", "sport/#", "sport/tennis/player1", true},
    {"hash_takes_its_parent", "sport/tennis/#", "sport/tennis", true},
    {"hash_takes_no_sibling", "sport/tennis/#", "sport/tennisx", false},
    {"hash_alone", "#", "a/b/c", true},
    {"plus_then_hash_takes_the_parent", "+/#", "a", true},
    {"dollar_is_not_for_hash", "#", "$SYS/broker", false},
    {"dollar_is_not_for_plus", "+/broker", "$SYS/broker", false},
    {"dollar_by_its_name", "$SYS/#", "$SYS/broker", true},
    {"empty_filter_matches_nothing", "", "a", false},
    {"empty_topic", "a", "", false},
};

class TopicMatches : public testing::TestWithParam<MatchCase> {};

TEST_P(TopicMatches, AsMqttSays) {
  const MatchCase& c = GetParam();
  EXPECT_EQ(topic_matches(c.filter, c.topic), c.matches) << c.filter << " against " << c.topic;
  EXPECT_TRUE(!c.matches || topic_may_match(c.filter, c.topic)) << "the quick look must never lose a match";
}

INSTANTIATE_TEST_SUITE_P(Table, TopicMatches, testing::ValuesIn(kMatches),
                         [](const auto& param) { return param.param.name; });

TEST(TopicMayMatch, NeverLosesAMatchOfShortTexts) {
  // Every filter and topic of up to four letters over the alphabet that matters.
  const std::string letters = "a/+#$";
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].size() == 4) break;
    const std::string base = texts[i];
    for (const char c : letters) texts.push_back(base + c);
  }
  int matches = 0;
  for (const std::string& filter : texts) {
    if (!valid_topic_filter(filter)) continue;
    for (const std::string& topic : texts) {
      if (topic.empty() || !topic_matches(filter.c_str(), topic.c_str()))
        continue;  // no topic is empty (4.7.3)
      ++matches;
      ASSERT_TRUE(topic_may_match(filter.c_str(), topic.c_str())) << filter << " against " << topic;
    }
  }
  EXPECT_GT(matches, 1000);
}

struct ValidCase {
  const char* name;
  const char* filter;
  bool valid;
};

const ValidCase kFilters[] = {
    {"plain", "a/b", true},         {"hash_last", "a/#", true},       {"hash_alone", "#", true},
    {"plus_alone", "+", true},      {"plus_first", "+/a", true},      {"hash_not_last", "a/#/b", false},
    {"hash_in_level", "a#", false}, {"plus_in_level", "a+/b", false}, {"plus_before_text", "+a", false},
    {"empty", "", false},
};

class ValidTopicFilter : public testing::TestWithParam<ValidCase> {};

TEST_P(ValidTopicFilter, AsMqttSays) {
  EXPECT_EQ(valid_topic_filter(GetParam().filter), GetParam().valid);
}

INSTANTIATE_TEST_SUITE_P(Table, ValidTopicFilter, testing::ValuesIn(kFilters),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace tlswatch::plugin
