#include "plugin/options.h"

#include <gtest/gtest.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <string>
#include <vector>

namespace tlswatch::plugin {
namespace {

std::vector<std::string> g_warnings;
void collect(const char* line) {
  g_warnings.emplace_back(line);
}

Options read(std::vector<std::pair<std::string, std::string>> lines) {
  g_warnings.clear();
  std::vector<mosquitto_opt> options;
  for (auto& [key, value] : lines) options.push_back({key.data(), value.data()});
  return read_options(options.data(), static_cast<int>(options.size()), collect);
}

TEST(Options, HaveDefaults) {
  const Options o = read({});
  EXPECT_EQ(o.ring.view(), "/run/tlswatch/mosquitto.ring");
  EXPECT_EQ(o.cursor.view(), "/run/tlswatch/mosquitto.ring.cursor");
  EXPECT_EQ(o.ring_size, 16777216U);
  EXPECT_EQ(o.report_topic.view(), "tlswatch/report/+");
  EXPECT_TRUE(o.log_topic.empty());
  EXPECT_EQ(o.max_sessions, 65536U);
  EXPECT_TRUE(g_warnings.empty());
}

TEST(Options, TakeWhatIsGiven) {
  const Options o = read({{"ring", "/a/b.ring"},
                          {"ring_size", "131072"},
                          {"report_topic", "r/#"},
                          {"log_topic", "stat/+/LOGGING"},
                          {"max_sessions", "16"}});
  EXPECT_EQ(o.ring.view(), "/a/b.ring");
  EXPECT_EQ(o.cursor.view(), "/a/b.ring.cursor") << "the cursor's default follows the ring";
  EXPECT_EQ(o.ring_size, 131072U);
  EXPECT_EQ(o.report_topic.view(), "r/#");
  EXPECT_EQ(o.log_topic.view(), "stat/+/LOGGING");
  EXPECT_EQ(o.max_sessions, 16U);
  EXPECT_TRUE(g_warnings.empty());
}

struct BadCase {
  const char* name;
  const char* key;
  std::string value;
  const char* warning;
};

const BadCase kBad[] = {
    {"unknown_name", "rings", "/a", "plugin_opt_rings is not known, ignoring it"},
    {"relative_ring", "ring", "a",
     "plugin_opt_ring must be an absolute path of at most 511 bytes, ignoring it"},
    {"ring_too_long", "ring", "/" + std::string(511, 'a'),
     "plugin_opt_ring must be an absolute path of at most 511 bytes, ignoring it"},
    {"size_no_number", "ring_size", "16M",
     "plugin_opt_ring_size must be a multiple of 4096 from 65536 to 1073741824, ignoring it"},
    {"size_too_small", "ring_size", "4096",
     "plugin_opt_ring_size must be a multiple of 4096 from 65536 to 1073741824, ignoring it"},
    {"size_not_of_pages", "ring_size", "65537",
     "plugin_opt_ring_size must be a multiple of 4096 from 65536 to 1073741824, ignoring it"},
    {"size_negative", "ring_size", "-65536",
     "plugin_opt_ring_size must be a multiple of 4096 from 65536 to 1073741824, ignoring it"},
    {"size_overflows", "ring_size", "99999999999999999999",
     "plugin_opt_ring_size must be a multiple of 4096 from 65536 to 1073741824, ignoring it"},
    {"filter_not_valid", "report_topic", "a#",
     "plugin_opt_report_topic must be an MQTT topic filter of at most 255 bytes, ignoring it"},
    {"too_few_sessions", "max_sessions", "15",
     "plugin_opt_max_sessions must be a number from 16 to 1048576, ignoring it"},
};

class BadOption : public testing::TestWithParam<BadCase> {};

TEST_P(BadOption, IsOneWarningAndTheDefaultStands) {
  const Options defaults = read({});
  const Options o = read({{GetParam().key, GetParam().value}});
  ASSERT_EQ(g_warnings.size(), 1U);
  EXPECT_EQ(g_warnings[0], GetParam().warning);
  EXPECT_EQ(o.ring.view(), defaults.ring.view());
  EXPECT_EQ(o.ring_size, defaults.ring_size);
  EXPECT_EQ(o.report_topic.view(), defaults.report_topic.view());
  EXPECT_EQ(o.max_sessions, defaults.max_sessions);
}

INSTANTIATE_TEST_SUITE_P(Table, BadOption, testing::ValuesIn(kBad),
                         [](const auto& param) { return param.param.name; });

TEST(Options, WithoutAValueAreBadOptions) {
  g_warnings.clear();
  std::string key = "ring_size";
  const mosquitto_opt option{key.data(), nullptr};
  read_options(&option, 1, collect);
  EXPECT_EQ(g_warnings.size(), 1U);
}

}  // namespace
}  // namespace tlswatch::plugin
