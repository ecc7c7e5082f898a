#include <gtest/gtest.h>

#include "daemon/core/text/sentence.h"
#include "daemon/tlswatch/log_filter.h"
#include "daemon/tlswatch/similar.h"
#include "daemon/tlswatch/when.h"
#include "daemon/tlswatch/words.h"

namespace tlswatch::cli {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kNow = 1'795'366'544 * kSecond;

TEST(When, AgesAreSaidAsPeopleSayThem) {
  const struct {
    std::uint64_t seconds;
    const char* said;
  } rows[] = {{0, "just now"},       {5, "5 s ago"},    {119, "119 s ago"},      {120, "2 min ago"},
              {7199, "119 min ago"}, {7200, "2 h ago"}, {172'800, "2 days ago"}, {61 * 86'400, "2026-09-22"}};
  for (const auto& row : rows) EXPECT_EQ(ago(kNow - row.seconds * kSecond, kNow), row.said);
  EXPECT_EQ(ago(0, kNow), "");
  EXPECT_EQ(ago(kNow + kSecond, kNow), "just now");
}

TEST(When, AStretchNeedsItsUnit) {
  EXPECT_EQ(parse_stretch("90s"), 90 * kSecond);
  EXPECT_EQ(parse_stretch("2h"), 7200 * kSecond);
  EXPECT_EQ(parse_stretch("7d"), 7 * 86'400 * kSecond);
  for (const char* bad : {"", "2", "h", "-2h", "2 h", "2y", "99999999999d", "18446744073709551616s"}) {
    EXPECT_EQ(parse_stretch(bad), std::nullopt) << bad;
  }
}

TEST(When, ATimestampIsReadToItsNanosecond) {
  EXPECT_EQ(parse_time("2026-11-22T16:15:44.000000001Z"), parse_time("2026-11-22T16:15:44Z") + 1);
  EXPECT_EQ(parse_time("1970-01-02T00:00:01Z"), 86'401 * kSecond);
  for (const char* bad : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-22", "1969-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_time(bad), 0U) << bad;
  }
}

TEST(Similar, WhatSomebodyMayHaveMeant) {
  const std::vector<std::string> known{"boiler", "Boiler-2", "lamp-hall", "lamp-hull", "x"};
  EXPECT_EQ(joined(similar("boilr", known)), "boiler");
  EXPECT_EQ(joined(similar("BOILER", known)), "boiler, Boiler-2");
  EXPECT_EQ(joined(similar("lamp-holl", known)), "lamp-hall, lamp-hull");
  EXPECT_EQ(joined(similar("something else", known)), "");
  EXPECT_EQ(joined(similar(std::string(5000, 'a'), {std::string(5000, 'a')})), std::string(5000, 'a'));
}

TEST(Words, NumbersAndNames) {
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(counted(1, "device"), "1 device");
  EXPECT_EQ(counted(2'000, "device"), "2,000 devices");
  EXPECT_EQ(took_words(8'184'953), "8 ms");
  EXPECT_EQ(took_words(1'340'000'000), "1.3 s");
  EXPECT_EQ(address_words("fe80::7", 1), "[fe80::7]:1");
  EXPECT_EQ(text::first_sentence("It has no x509.pem. Give it one.").rest, "Give it one.");
  EXPECT_EQ(shell_word("plug-7"), "plug-7");
  EXPECT_EQ(shell_word("it's; rm -rf"), "'it'\\''s; rm -rf'");
  EXPECT_EQ(shell_word("\x1b[2J"), "'\xEF\xBF\xBD[2J'");
}

TEST(EventFilter, WantsWhatEachOfItsMembersWants) {
  const std::string event =
      R"({"@timestamp":"2026-11-22T16:15:44Z","event":{"action":"diagnosis","outcome":"failure"},)"
      R"("broker":{"name":"edge-1"},"device":{"id":"boiler"},"source":{"ip":"10.0.0.7"},)"
      R"("tlswatch":{"cause":"not-tls","policy":{"profile":"generic"}}})";
  const struct {
    EventFilter filter;
    bool wanted;
  } rows[] = {{{}, true},
              {{.broker = "edge-1"}, true},
              {{.broker = "edge"}, false},
              {{.cause = "not-tls"}, true},
              {{.cause = "scanner"}, false},
              {{.profile = "generic"}, true},
              {{.profile = "other"}, false},
              {{.search = "oile"}, true},
              {{.search = "10.0"}, true},
              {{.search = "0.0.7"}, false},
              {{.failing = true}, true},
              {{.since_ns = parse_time("2026-11-22T16:15:44Z")}, true},
              {{.since_ns = parse_time("2026-11-22T16:15:45Z")}, false}};
  for (std::size_t i = 0; i < std::size(rows); ++i)
    EXPECT_EQ(rows[i].filter.wants(event), rows[i].wanted) << i;
  EXPECT_TRUE(EventFilter{.cause = "scanner"}.wants("no event")) << "who shows it counts it";
}

}  // namespace
}  // namespace tlswatch::cli
