#include <gtest/gtest.h>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/when.h"
#include "daemon/tlswatch/why_text.h"

namespace tlswatch::cli {
namespace {

const std::uint64_t kFailed = parse_time("2026-11-25T04:52:34.253Z");
const std::uint64_t kReported = parse_time("2026-11-25T04:52:40.5Z");
const std::uint64_t kNow = parse_time("2026-11-25T04:55:00Z");

/// A device that failed, came back and reported; the same in a hostile form.
struct Story {
  store::DeviceRow device;
  std::vector<store::SessionRow> sessions;
  std::vector<store::LineRow> lines;
};

store::VictimRow victim(const std::string& id) {
  store::VictimRow out;
  out.outside_device_id = id;
  out.ip = "10.0.0.7";
  out.failures = 4;
  out.last_failure_ns = kFailed;
  out.failing = true;
  return out;
}

Story story(const std::string& cause_text) {
  Story out;
  out.device.outside_id = "boiler";
  out.device.broker = "edge-1";
  out.device.state = store::DeviceState::failing;
  out.device.failures = 3;
  out.device.last_failure_ns = kFailed;
  store::SessionRow failed;
  failed.id = "edge-1:a:4";
  failed.started_ns = kFailed;
  failed.ip = "10.0.0.7";
  failed.port = 41022;
  out.sessions = {failed};
  const std::string head = R"({"@timestamp":"2026-11-25T04:52:40.5Z","event":{"action":")";
  out.lines = {
      {kReported, "diagnosis", "edge-1:a:4",
       head +
           R"(diagnosis"},"tlswatch":{"sessions":["edge-1:a:4"],"identity":{"how":"report","confidence":1.0},)"
           R"("cause":"server-cert-expired","confidence":0.99,"fix":")" +
           cause_text +
           R"(","evidence":[{"side":"broker","what":"the handshake ended after certificate-sent"},)"
           R"({"side":"broker","what":"the client closed the connection"},)"
           R"({"side":"broker","what":"OpenSSL: unexpected eof while reading"}],)"
           R"("alternatives":[{"cause":"device-clock-wrong","confidence":0.063}],"incident":"edge-1:i12","count":3}})"},
      {kReported, "device-report", "edge-1:a:5",
       head + R"(device-report"},"tlswatch":{"device_error":{"stack":"bearssl","phase":"tls","code":54,)"
              R"("name":"BR_ERR_X509_EXPIRED","meaning":"expired","count":2}}})"},
  };
  return out;
}

TEST(Why, VerdictEvidenceOfBothSidesWhatToDoAndWhatElse) {
  const Story s = story("The broker's certificate has expired. Renew it.");
  EXPECT_EQ(
      device_report(s.device, s.sessions, s.lines, kNow, {}),
      "boiler cannot connect.\n"
      "The broker's certificate has expired.\n"
      "server-cert-expired, 99 % sure; 3 failures, the last one 2 min ago. Whose it was: its own report\n"
      "names this failure.\n"
      "\n"
      "What happened\n"
      "  2026-11-25 UTC\n"
      "  04:52:34.253  broker    handshake from 10.0.0.7:41022 ended after certificate-sent; the client\n"
      "                          closed the connection\n"
      "  04:52:34.253  device    BR_ERR_X509_EXPIRED (bearssl 54), 2 times: expired\n"
      "\n"
      "What to do\n"
      "  Renew it.\n"
      "\n"
      "What else it could be\n"
      "  device-clock-wrong, 6 %\n"
      "\n"
      "Who else\n"
      "  tlswatch incident edge-1:i12\n");
}

TEST(Why, ADeviceThatNeverFailedHasNothingToExplain) {
  store::DeviceRow device;
  device.outside_id = "lamp";
  device.state = store::DeviceState::connected;
  EXPECT_EQ(device_report(device, {}, {}, kNow, {}), "lamp has not failed: nothing to explain.\n");
  device.policy = {"tasmota-esp8266", "violation", {"mfln: wanted 1024, seen none"}};
  EXPECT_EQ(device_report(device, {}, {}, kNow, {}),
            "lamp has not failed: nothing to explain.\n\nOut of policy (tasmota-esp8266)\n"
            "  mfln: wanted 1024, seen none\n");
}

TEST(Why, HostileTextSteersNothing) {
  Story s = story(R"(\u001b[2J \u202e now. \u0007 do)");
  s.device.outside_id = "\x1b]0;x\x07\nboiler";
  s.sessions.front().outside_openssl = "\x1b[31m";
  for (std::string text : {device_report(s.device, s.sessions, s.lines, kNow, {}),
                           device_story(s.device, s.sessions, s.lines, kNow, {}),
                           incident_report({}, {victim("\x1b[2J")}, s.lines, kNow, {})}) {
    std::erase(text, '\n');
    EXPECT_TRUE(text::is_clean(text)) << text;
  }
}

TEST(Why, LinesThatAreNoEventsAreLeftOut) {
  Story s = story("x. y");
  for (store::LineRow& line : s.lines) line.json = "{";
  EXPECT_EQ(device_report(s.device, s.sessions, s.lines, kNow, {}),
            "boiler cannot connect, and no diagnosis of it is kept.\n");
}

TEST(Incident, WhatItIsWhatToDoAndWho) {
  store::IncidentRow row;
  row.cause = "server-cert-expired";
  row.broker = "edge-1";
  row.open = true;
  row.devices = 2;
  row.failures = 5;
  row.first_seen_ns = kFailed;
  row.last_seen_ns = kReported;
  const std::string text = incident_report(
      row, {victim("boiler")}, story("The broker's certificate has expired. Renew it.").lines, kNow, {});
  EXPECT_TRUE(text.starts_with("2 devices cannot connect.\nThe broker's certificate has expired.\n")) << text;
  EXPECT_NE(text.find("What to do\n  Renew it.\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nboiler  failing         4  2 min ago     10.0.0.7\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("  tlswatch why boiler\n")) << text;
}

}  // namespace
}  // namespace tlswatch::cli
