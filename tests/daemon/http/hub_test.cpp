// The latest events, for clients that follow and for those that come back.
#include "daemon/http/hub.h"

#include <gtest/gtest.h>

namespace tlswatch::test {
namespace {

using http::EventHub;

std::string id(int n) {
  return "edge-1:18eb:" + std::to_string(n);
}

void post(EventHub& hub, int from, int to) {
  for (int n = from; n <= to; ++n) hub.post(id(n), "diagnosis", "{\"n\":" + std::to_string(n) + "}\n");
}

std::string all(const std::vector<EventHub::Text>& events) {
  std::string out;
  for (const auto& event : events) out += *event;
  return out;
}

TEST(EventHub, writes_text_event_stream) {
  EventHub hub;
  std::uint64_t next = hub.begin_after("");
  post(hub, 1, 1);
  std::vector<EventHub::Text> out;
  EXPECT_TRUE(hub.take(next, out));
  EXPECT_EQ(all(out), "id: edge-1:18eb:1\nevent: diagnosis\ndata: {\"n\":1}\n\n");
}

TEST(EventHub, gives_each_event_once) {
  EventHub hub;
  std::uint64_t next = hub.begin_after("");
  post(hub, 1, 3);
  std::vector<EventHub::Text> out;
  hub.take(next, out);
  EXPECT_EQ(out.size(), 3U);
  out.clear();
  EXPECT_TRUE(hub.take(next, out));
  EXPECT_TRUE(out.empty());
}

struct ResumeCase {
  const char* name;
  std::string last;
  std::size_t missed;  ///< of the 2000 that were posted
};
const ResumeCase kResumes[] = {
    {"who_has_seen_the_last_one", id(2000), 0},
    {"who_missed_two", id(1998), 2},
    {"who_has_seen_the_oldest_that_is_kept", id(977), 1023},
    {"whose_last_one_is_gone", id(976), 0},
    {"who_never_was_here", "", 0},
    {"who_makes_ids_up", "../../etc/passwd", 0},
};
class Resume : public testing::TestWithParam<ResumeCase> {};
TEST_P(Resume, begins_behind_what_was_seen) {
  EventHub hub;
  post(hub, 1, 2000);
  std::uint64_t next = hub.begin_after(GetParam().last);
  std::vector<EventHub::Text> out;
  EXPECT_TRUE(hub.take(next, out));
  EXPECT_EQ(out.size(), GetParam().missed);
}
INSTANTIATE_TEST_SUITE_P(Http, Resume, testing::ValuesIn(kResumes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EventHub, says_when_events_are_gone_before_they_were_taken) {
  EventHub hub;
  std::uint64_t next = hub.begin_after("");
  post(hub, 1, 2000);
  std::vector<EventHub::Text> out;
  EXPECT_FALSE(hub.take(next, out));
  EXPECT_EQ(out.size(), http::kKeptEvents);
}

TEST(EventHub, wakes_whoever_waits) {
  EventHub hub;
  int woken = 0;
  hub.on_news([&] { ++woken; });
  post(hub, 1, 3);
  EXPECT_EQ(woken, 3);
  hub.on_news({});
  post(hub, 4, 4);
  EXPECT_EQ(woken, 3);
}

}  // namespace
}  // namespace tlswatch::test
