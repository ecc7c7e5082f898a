// What a request asks for, out of outside text.
#include "daemon/http/query.h"

#include <gtest/gtest.h>

namespace tlswatch::test {
namespace {

using http::Query;

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kNow = 1'795'000'000 * kSecond;

struct DecodeCase {
  const char* name;
  std::string text;
  std::optional<std::string> bytes;
};
const DecodeCase kDecodes[] = {
    {"plain", "boiler-7", "boiler-7"},    {"a_slash", "a%2Fb", "a/b"},
    {"small_letters", "a%2fb", "a/b"},    {"a_plus_is_a_plus", "a+b", "a+b"},
    {"utf_8", "%E2%80%AE", "\u202E"},     {"a_zero", "a%00b", std::string("a\0b", 3)},
    {"no_utf_8_either", "%FF", "\xFF"},   {"at_the_end", "%41", "A"},
    {"half_a_code", "a%4", std::nullopt}, {"a_bare_percent", "100%", std::nullopt},
    {"no_number", "%zz", std::nullopt},   {"a_sign_is_no_digit", "%-1", std::nullopt},
};
class Percent : public testing::TestWithParam<DecodeCase> {};
TEST_P(Percent, is_decoded) {
  EXPECT_EQ(http::percent_decode(GetParam().text), GetParam().bytes);
}
INSTANTIATE_TEST_SUITE_P(Http, Percent, testing::ValuesIn(kDecodes),
                         [](const auto& row) { return std::string(row.param.name); });

struct StretchCase {
  const char* name;
  const char* text;
  std::optional<std::uint64_t> seconds;
};
const StretchCase kStretches[] = {
    {"seconds", "90s", 90},
    {"minutes", "15m", 900},
    {"hours", "2h", 7200},
    {"days", "7d", 604'800},
    {"weeks", "4w", 2'419'200},
    {"a_bare_number", "5", std::nullopt},
    {"nothing", "", std::nullopt},
    {"a_unit_alone", "h", std::nullopt},
    {"zero", "0h", std::nullopt},
    {"less_than_nothing", "-2h", std::nullopt},
    {"another_unit", "2y", std::nullopt},
    {"a_fraction", "1.5h", std::nullopt},
    {"longer_than_time", "999999999w", std::nullopt},
    {"too_many_digits", "12345678901s", std::nullopt},
};
class Stretch : public testing::TestWithParam<StretchCase> {};
TEST_P(Stretch, is_understood) {
  const auto ns = http::parse_stretch(GetParam().text);
  ASSERT_EQ(ns.has_value(), GetParam().seconds.has_value());
  EXPECT_EQ(ns.value_or(0), GetParam().seconds.value_or(0) * kSecond);
}
INSTANTIATE_TEST_SUITE_P(Http, Stretch, testing::ValuesIn(kStretches),
                         [](const auto& row) { return std::string(row.param.name); });

struct QueryCase {
  const char* name;
  Query::Parameters given;
  const char* trouble;
};
const QueryCase kQueries[] = {
    {"nothing", {}, ""},
    {"all_that_is_known",
     {{"limit", "5"},
      {"since", "2h"},
      {"state", "open"},
      {"cause", "scanner"},
      {"broker", "edge-1"},
      {"profile", "p"}},
     ""},
    {"a_typing_error", {{"limits", "5"}}, "There is no parameter limits here. /api/openapi.json lists them."},
    {"twice", {{"limit", "5"}, {"limit", "6"}}, "The parameter limit stands there twice. Send it once."},
    {"no_rows", {{"limit", "0"}}, "limit is a number from 1 to 1000."},
    {"too_many_rows", {{"limit", "1001"}}, "limit is a number from 1 to 1000."},
    {"no_number", {{"limit", "ten"}}, "limit is a number from 1 to 1000."},
    {"a_number_with_a_tail", {{"limit", "10x"}}, "limit is a number from 1 to 1000."},
    {"a_time_without_a_unit", {{"since", "2"}}, "since is a stretch of time such as 90s, 15m, 2h or 7d."},
    {"an_unknown_state", {{"state", "closed"}}, "state is open or all."},
    {"a_long_broker", {{"broker", std::string(65, 'b')}}, "The parameter broker has more than 64 bytes."},
};
class Queries : public testing::TestWithParam<QueryCase> {};
TEST_P(Queries, are_checked) {
  Query query(GetParam().given, {"limit", "since", "state", "cause", "broker", "profile"});
  store::Filter filter;
  query.limit();
  query.since(kNow);
  query.state_is("open", true);
  query.filter(filter);
  EXPECT_EQ(query.trouble(), GetParam().trouble);
}
INSTANTIATE_TEST_SUITE_P(Http, Queries, testing::ValuesIn(kQueries),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Queries, mean_what_they_say) {
  const Query::Parameters given{{"limit", "7"}, {"since", "2h"}, {"state", "all"}, {"cause", "scanner"}};
  Query query(given, {"limit", "since", "state", "cause"});
  store::Filter filter;
  query.filter(filter);
  EXPECT_EQ(query.limit(), 7U);
  EXPECT_EQ(query.since(kNow), kNow - 7200 * kSecond);
  EXPECT_FALSE(query.state_is("open", true));
  EXPECT_EQ(filter.cause, "scanner");
}

TEST(Queries, have_defaults) {
  const Query::Parameters none;
  Query query(none, {});
  EXPECT_EQ(query.limit(), 100U);
  EXPECT_EQ(query.since(kNow), 0U);
  EXPECT_EQ(query.since(kNow, "48h"), kNow - 172'800 * kSecond);
  EXPECT_TRUE(query.state_is("open", true));
}

}  // namespace
}  // namespace tlswatch::test
