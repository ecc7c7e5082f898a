// Lists: filters, search, and pages.
#include "kept_story.h"

namespace tlswatch::test {
namespace {

using Way = Story::Way;

class Lists : public KeptStory {
 protected:
  Lists() {
    // fleet-00 to fleet-29, in houses of their own; the last ten fail, each tenth since another cause.
    for (int i = 0; i < 30; ++i) {
      const auto session = static_cast<std::uint64_t>(i + 1);
      const std::string id = "fleet-" + std::to_string(i / 10) + std::to_string(i % 10);
      story.connects({session, i, i + 1}, id).leaves({session, i + 60, i + 1}, id);
    }
    for (int i = 20; i < 30; ++i)
      story.fails({static_cast<std::uint64_t>(100 + i), 200 + i, i + 1},
                  i == 25 ? Way::no_certificate : Way::no_shared_cipher);
  }
  std::string ids(const store::Filter& filter, std::size_t limit = 100) {
    std::string out, after;
    do {
      const auto page = got(read().devices(filter, limit, after));
      EXPECT_LE(page.rows.size(), limit);
      for (const store::DeviceRow& row : page.rows) out += row.outside_id.substr(6) + " ";
      after = page.next;
    } while (!after.empty());
    return out;
  }
};

struct FilterCase {
  const char* name;
  store::Filter filter;
  std::string expected;
};

TEST_F(Lists, what_each_filter_leaves) {
  const std::string failing = "29 28 27 26 25 24 23 22 21 20 ";
  const FilterCase cases[] = {
      {"all_with_the_failing_first",
       {},
       failing + "19 18 17 16 15 14 13 12 11 10 09 08 07 06 05 04 03 02 01 00 "},
      {"only_the_failing", {.open_only = true}, failing},
      {"since", {.since_ns = kTime + 225 * 1'000'000'000ULL}, "29 28 27 26 25 "},
      {"a_cause", {.cause = "client-cert-missing"}, "25 "},
      {"a_cause_that_nobody_has", {.cause = "scanner"}, ""},
      {"a_broker", {.broker = "edge-1", .open_only = true}, failing},
      {"a_broker_that_is_not_there", {.broker = "edge-9"}, ""},
      {"a_part_of_an_id", {.search = "eet-2"}, failing},
      {"in_either_case", {.search = "FLEET-2"}, failing},
      {"a_whole_id", {.search = "fleet-07"}, "07 "},
      {"an_id_too_short_for_a_part", {.search = "fl", .open_only = true}, failing},
      {"an_address", {.search = "10.0.0.3"}, "29 02 "},
      {"nothing_has_it", {.search = "boiler"}, ""},
      {"signs_of_the_query_language", {.search = "\" OR fleet*"}, ""},
      {"percent_is_no_wildcard", {.search = "fleet%"}, ""},
      {"a_search_and_a_cause", {.cause = "no-shared-cipher", .search = "fleet-25"}, ""},
  };
  for (const FilterCase& row : cases) {
    EXPECT_EQ(ids(row.filter), row.expected) << row.name;
    EXPECT_EQ(ids(row.filter, 3), row.expected) << row.name << ", in pages of three";
  }
}

TEST_F(Lists, a_place_that_no_list_has) {
  EXPECT_FALSE(read().devices({}, 10, "nonsense").ok());
  EXPECT_FALSE(read().incidents({}, 10, "1:2").ok());
}

TEST_F(Lists, incidents_in_pages) {
  std::string out, after;
  do {
    const auto page = got(read().incidents({}, 1, after));
    for (const store::IncidentRow& row : page.rows)
      out += row.cause + " " + std::to_string(row.devices) + ", ";
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(out, "no-shared-cipher 9, client-cert-missing 1, ");
}

}  // namespace
}  // namespace tlswatch::test
