// The PubSubClient sketch, run against stand-ins: what it records, and when it forgets.
#include <gtest/gtest.h>

#include "PubSubClientReport.ino"

namespace {

using standins::world;

class Sketch : public ::testing::Test {
 protected:
  Sketch() {
    tls.stop();
    mqtt.loop();
    world() = standins::World();
    setup();
  }
  // The device's life for so many seconds, ten loops a second.
  static void live(unsigned seconds) {
    for (unsigned i = 0; i < seconds * 10; ++i) {
      loop();
      world().ms += 100;
    }
  }
  static Entry newest() { return image_entry(recorder.image(), recorder.pending() - 1); }
};

TEST_F(Sketch, reports_what_kept_it_away_and_forgets_it_when_a_ping_is_answered) {
  world().tls_error = 62;
  live(25);
  ASSERT_EQ(recorder.pending(), 1u);
  EXPECT_EQ(newest().count, 3);
  world().tls_error = 0;
  live(10);
  ASSERT_EQ(world().published.size(), 1u);
  EXPECT_NE(world().published[0].find(R"("s":"bearssl","seq":1,"ph":"tls","c":62,"d":-2,"n":3)"),
            std::string::npos)
      << world().published[0];
  EXPECT_EQ(recorder.pending(), 1u) << "published, but nobody knows that it arrived";
  live(20);
  EXPECT_GE(world().pings, 1);
  EXPECT_EQ(recorder.pending(), 0u);
}

TEST_F(Sketch, keeps_the_report_while_the_broker_answers_nothing_and_repeats_it) {
  world().tls_error = 62;
  live(5);
  world().tls_error = 0;
  world().broker_answers = false;
  live(60);
  EXPECT_GE(world().published.size(), 2u);
  EXPECT_GE(recorder.pending(), 1u);
  world().broker_answers = true;
  live(120);
  EXPECT_EQ(recorder.pending(), 0u);
}

TEST_F(Sketch, sends_as_many_reports_as_it_takes) {
  for (const int error : {54, 62, 296}) {
    world().tls_error = error;
    live(10);
  }
  world().tls_error = 0;
  live(200);
  EXPECT_EQ(recorder.pending(), 0u);
  std::string all;
  for (const std::string& text : world().published) all += text;
  for (const char* code : {"\"c\":54,", "\"c\":62,", "\"c\":296,"})
    EXPECT_NE(all.find(code), std::string::npos);
}

TEST_F(Sketch, remembers_over_a_reset) {
  world().tls_error = 62;
  live(5);
  setup();
  ASSERT_EQ(recorder.pending(), 1u);
  EXPECT_EQ(newest().failure.code, 62);
}

struct FailureCase {
  const char* name;
  void (*break_it)();
  Failure expected;
};
void PrintTo(const FailureCase& row, std::ostream* out) {
  *out << row.name;
}
const FailureCase kFailures[] = {
    {"a_name_that_is_not_found",
     [] { world().name_resolves = false; },
     {Stack::tasmota, Phase::dns, -1001, 0}},
    {"a_port_that_is_closed", [] { world().port_open = false; }, {Stack::tasmota, Phase::mqtt, 0, -2}},
    {"a_server_that_is_not_trusted", [] { world().tls_error = 62; }, {Stack::bearssl, Phase::tls, 62, -2}},
    {"no_memory_for_tls", [] { world().tls_error = -1000; }, {Stack::tasmota, Phase::tls, -1000, -2}},
    {"a_broker_that_refuses", [] { world().connack = 5; }, {Stack::tasmota, Phase::mqtt, 0, 5}},
};
class SketchFailure : public Sketch, public ::testing::WithParamInterface<FailureCase> {};
TEST_P(SketchFailure, is_recorded_so) {
  GetParam().break_it();
  live(5);
  ASSERT_EQ(recorder.pending(), 1u);
  const Failure found = newest().failure;
  EXPECT_EQ(found.stack, GetParam().expected.stack);
  EXPECT_EQ(found.phase, GetParam().expected.phase);
  EXPECT_EQ(found.code, GetParam().expected.code);
  EXPECT_EQ(found.detail, GetParam().expected.detail);
}
INSTANTIATE_TEST_SUITE_P(sketch, SketchFailure, ::testing::ValuesIn(kFailures),
                         [](const auto& row) { return row.param.name; });

TEST_F(Sketch, a_connection_that_breaks_is_one_error) {
  live(5);
  ASSERT_EQ(recorder.pending(), 0u);
  tls.stop();
  world().port_open = false;
  live(1);
  ASSERT_EQ(recorder.pending(), 1u);
  EXPECT_EQ(newest().failure.detail, MQTT_CONNECTION_LOST);
}

}  // namespace
