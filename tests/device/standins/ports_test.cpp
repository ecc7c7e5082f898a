// The ESP8266's port with its file, and the blank one: the recorder works on both as they promise.
#include <Arduino.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tlswatch_esp8266.h"
#include "tlswatch_recorder.h"
#include "tlswatch_template.h"

namespace {

using namespace tlswatch::device;
using standins::world;

TEST(esp8266_port, remembers_over_a_power_loss_with_a_file) {
  world() = standins::World();
  Recorder recorder;
  recorder.begin(*tlswatch_esp8266_port(), "1.0");
  recorder.record(Stack::bearssl, Phase::tls, 62, 0);
  EXPECT_EQ(world().files["/tlswatch.bin"].size(), kImageBytes);
  world().rtc.fill(0xA5A5A5A5);
  recorder.begin(*tlswatch_esp8266_port(), "1.0");
  ASSERT_EQ(recorder.pending(), 1u);
  const Entry entry = image_entry(recorder.image(), 0);
  EXPECT_EQ(entry.failure.code, 62);
  EXPECT_EQ(entry.time, 1'795'366'544u);
  EXPECT_EQ(entry.heap, 9120u);
}

TEST(esp8266_port, takes_a_file_that_is_too_short_for_none) {
  world() = standins::World();
  world().files["/tlswatch.bin"] = "short";
  Recorder recorder;
  recorder.begin(*tlswatch_esp8266_port(), "1.0");
  EXPECT_EQ(recorder.pending(), 0u);
  EXPECT_EQ(recorder.image().boots, 1u);
}

TEST(template_port, remembers_until_the_next_reset_and_says_nothing_untrue) {
  Recorder recorder;
  recorder.begin(*tlswatch_template_port(), "1.0");
  recorder.record(Stack::wolfssl, Phase::tls, -188, 0);
  char text[kReportMax];
  const std::string report(text, recorder.format_report(text, sizeof text, 1));
  EXPECT_NE(report.find(R"("s":"wolfssl","seq":1,"ph":"tls","c":-188,"d":0,"n":1,"t":0,"ago":0,"heap":0}]})"),
            std::string::npos)
      << report;
}

}  // namespace
