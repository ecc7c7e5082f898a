#include "rig.h"

#include <gtest/gtest.h>

#include <set>

#include "schema.h"

namespace tlswatch::test {
namespace {

constexpr int kMaxTurns = 100000;

std::string device(std::uint64_t session) {
  return "boiler-" + std::to_string(session);
}

}  // namespace

Rig::Rig() : ring_(std::make_unique<RingFile>(dir_ / "ring")) {
  write_file(dir_ / "tlswatch.yaml", "brokers: [{name: edge-1, ring: " + (dir_ / "ring").string() +
                                         ", cursor: " + (dir_ / "cursor").string() + "}]\n" + "log: {file: " +
                                         (dir_ / "events.json").string() + ", level: debug}\n");
  auto settings = tlswatchd::load_settings((dir_ / "tlswatch.yaml").string(),
                                           {TLSWATCH_SHIPPED_PROFILES, TLSWATCH_SHIPPED_KNOWLEDGE});
  if (!settings) throw std::runtime_error(config::to_text(settings.error().front()));
  settings_ = std::move(*settings);
}

std::unique_ptr<tlswatchd::Daemon> Rig::start() {
  auto daemon = std::make_unique<tlswatchd::Daemon>(settings_, std::chrono::milliseconds(0));
  const auto trouble = daemon->start();
  EXPECT_FALSE(trouble.has_value()) << trouble.value_or("");
  return daemon;
}

void Rig::run() {
  const auto daemon = start();
  int turns = 0;
  while (daemon->turn() && ++turns < kMaxTurns) {
  }
  EXPECT_LT(turns, kMaxTurns);
}

std::vector<std::string> Rig::lines() const {
  std::vector<std::string> out = lines_of(log());
  std::set<std::string> ids;
  for (const std::string& line : out) {
    EXPECT_EQ(schema_violations(line), "") << line;
    EXPECT_TRUE(ids.insert(value_at(line, "event.id")).second) << "twice: " << line;
  }
  return out;
}

std::string Rig::values(std::string_view action, std::string_view path) const {
  std::string out;
  for (const std::string& line : lines()) {
    if (value_at(line, "event.action") == action) out += value_at(line, path) + " ";
  }
  return out;
}

void Rig::publish_start(std::uint64_t session) {
  Draft draft(wire::RecordType::session_start, session);
  draft.peer().local().role();
  ring_->publish(draft);
}

void Rig::publish_handshake(std::uint64_t session) {
  Draft draft(wire::RecordType::handshake, session);
  draft.peer().local().role().outcome({.mfln = 2}).timing(5'000'000, 4'000'000).tcp(1);
  draft.traffic({.largest_plain = 900, .largest_protected = 40});
  draft.bytes(wire::Section::client_hello, client_hello({.mfln = 2, .server_name = "broker.example"}));
  draft.bytes(wire::Section::server_hello, server_hello({}));
  ring_->publish(draft);
}

void Rig::publish_identified(std::uint64_t session) {
  Draft draft(wire::RecordType::identified, session);
  draft.role().identity(wire::Evidence::ex_data).text(wire::Section::client_id, device(session));
  ring_->publish(draft);
}

void Rig::publish_end(std::uint64_t session) {
  Draft draft(wire::RecordType::session_end, session);
  draft.peer().role().outcome({.mfln = 2}).timing(60'000'000'000).tcp(8);
  draft.traffic({.largest_plain = 900, .largest_protected = 500, .last_in = 26});
  ring_->publish(draft);
}

void Rig::publish_failure(std::uint64_t session) {
  Draft draft(wire::RecordType::handshake, session);
  draft.peer().local().role().failed(wire::Stage::client_hello).timing(2'000'000, 1'000'000).tcp(1);
  draft.openssl(0x0A0000C1, "no shared cipher").alert(wire::Direction::sent, 2, 40);
  draft.bytes(wire::Section::client_hello, client_hello({}));
  ring_->publish(draft);
}

void Rig::publish_report(std::uint64_t session) {
  Draft draft(wire::RecordType::device_report, session);
  draft.identity(wire::Evidence::ex_data).text(wire::Section::client_id, device(session));
  draft.text(wire::Section::topic, "tlswatch/report/" + device(session));
  draft.text(wire::Section::payload,
             R"({"v":1,"era":2882400001,"boot":17,"fw":"14.2","up":93,"errs":[)"
             R"({"s":"bearssl","seq":5,"ph":"tls","c":62,"d":0,"n":12,"t":1795366544,"ago":31,"heap":9120},)"
             R"({"s":"tasmota","seq":6,"ph":"mqtt","c":0,"d":5,"n":1,"t":0}]})");
  ring_->publish(draft);
}

}  // namespace tlswatch::test
