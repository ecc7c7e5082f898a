#include "stage.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "error.h"
#include "key_fingerprint.h"
#include "paths.h"
#include "play_script.h"
#include "tls_client.h"

namespace tlswatch::scenarios {
namespace {

using harness::Error;
using harness::Event;

// For work on the steps alone, against a broker without our plugin. No test passes that way: see
// scenario_test.
bool steps_only() {
  return std::getenv("TLSWATCH_STEPS_ONLY") != nullptr;
}

std::vector<std::string> fill_in_all(const Stage& stage, const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  for (const std::string& line : lines) out.push_back(stage.fill_in(line));
  return out;
}

harness::TlsOptions tls_options(const Stage& stage, const Step& step) {
  harness::TlsOptions options;
  for (const auto& [name, text] : step.options) {
    const std::string value = stage.fill_in(text);
    if (name == "ca") {
      options.ca = value;
    } else if (name == "version") {
      options.min_version = options.max_version = value == "1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
    } else if (name == "ciphers") {
      options.ciphers = value;
    } else if (name == "certificate") {
      options.certificate = value;
    } else if (name == "key") {
      options.key = value;
    } else if (name == "psk_identity") {
      options.psk_identity = value;
    } else if (name == "psk_key") {
      options.psk_key = value;
    } else if (name != "listener") {
      throw Error("a tls client has no option '" + name + "'");
    }
  }
  return options;
}

void check_answer(const Step& step, const std::string& out) {
  rapidjson::Document answer;
  if (answer.Parse(out.c_str()).HasParseError() || !answer.IsObject()) {
    ADD_FAILURE() << "no line of JSON: " << out;
    return;
  }
  for (const auto& [name, text] : step.answer) {
    rapidjson::Document wanted;
    wanted.Parse(text.c_str());
    ASSERT_FALSE(wanted.HasParseError()) << name << ": no JSON: " << text;
    const auto member = answer.FindMember(name.c_str());
    EXPECT_TRUE(member != answer.MemberEnd() && member->value == wanted)
        << name << " is not " << text << " in " << out;
  }
}

}  // namespace

Stage::Stage(const Scenario& scenario)
    : scenario_(scenario), pki_(folder_ / "pki"), log_(folder_ / "state" / "events.json") {
  make_state_folder(folder_);
  for (const auto& [name, content] : scenario.files) harness::write_file(folder_ / name, content);
  harness::BrokerConfig config{.global = {"allow_anonymous true"}, .plugin = !steps_only()};
  for (const std::string& line : fill_in_all(*this, scenario.global)) config.global.push_back(line);
  for (const harness::Listener& listener : scenario.listeners) {
    config.listeners.push_back({listener.name, fill_in_all(*this, listener.lines)});
  }
  config.plugin_options = {"plugin_opt_ring_size 1048576"};
  broker_ = std::make_unique<harness::Broker>(folder_, config);
  if (steps_only()) return;
  harness::DaemonConfig daemon{.brokers = {{"test", broker_->ring(), broker_->cursor()}}};
  if (!scenario.profiles.empty()) {
    const auto file = folder_ / "profiles.yaml";
    harness::write_file(file, fill_in(scenario.profiles));
    daemon.further = "profiles: [" + file.string() + "]\n";
  }
  daemon_ = std::make_unique<harness::Daemon>(folder_, daemon);
}

void Stage::play() {
  std::size_t total = 0;
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    SCOPED_TRACE("step " + std::to_string(i + 1));
    play(scenario_.steps[i]);
    total += static_cast<std::size_t>(scenario_.steps[i].sessions);
    await_sessions(total);
  }
  broker_->stop();
  if (daemon_) daemon_->stop();
  log_.read();
  EXPECT_EQ(log_.torn_tail(), "");
}

void Stage::await_sessions(std::size_t total) {
  if (steps_only()) return;
  EXPECT_TRUE(log_.wait_for([&](const std::vector<Event>& events) {
    return ended_sessions(events) >= total;
  })) << "the log shows the end of "
      << ended_sessions(log_.read()) << " sessions of " << total;
}

void Stage::play(const Step& step) {
  std::vector<Action> script;
  for (const Action& action : step.script) script.emplace_back(action.first, fill_in(action.second));
  if (step.kind == Step::Kind::program) {
    run_program(step);
    return;
  }
  std::uint16_t port = broker_->port();
  for (const auto& [name, value] : step.options) {
    if (name == "listener") port = static_cast<std::uint16_t>(std::stoi(fill_in("${port." + value + "}")));
  }
  harness::EventLog* log = steps_only() ? nullptr : &log_;
  if (step.kind == Step::Kind::tcp) {
    harness::Socket socket(port);
    play_script(script, peer_on(socket), log);
    return;
  }
  harness::TlsClient client(port, tls_options(*this, step));
  EXPECT_EQ(client.handshake() ? 0 : 1, step.status) << "1: refused in the handshake; the broker says:\n"
                                                     << broker_->log();
  play_script(script, peer_on(client), log);
  EXPECT_TRUE(step.answer.empty()) << "a tls client prints no answer";
}

void Stage::run_program(const Step& step) {
  const auto out = folder_ / "step.out";
  const auto err = folder_ / "step.err";
  harness::Process process({.argv = fill_in_all(*this, step.argv), .output = out, .errors = err});
  Peer peer;
  peer.send = [&](const std::string& bytes) { process.send(bytes); };
  peer.await_bytes = [&](const std::string& wanted) {
    return harness::wait_until([&] { return harness::read_file(out).find(wanted) != std::string::npos; });
  };
  peer.await_closed = [&] { return process.wait().has_value(); };
  peer.close = [&] { process.close_stdin(); };
  play_script(step.script, peer, nullptr);
  if (step.script.empty()) process.close_stdin();
  const std::optional<int> status = process.wait();
  const std::string said = harness::read_file(out) + harness::read_file(err);
  EXPECT_EQ(status, std::optional<int>(step.status)) << "it said: " << said << "\nthe broker says:\n"
                                                     << broker_->log();
  if (!step.answer.empty()) check_answer(step, harness::read_file(out));
}

std::string Stage::fill_in(const std::string& text) const {
  std::string out;
  std::size_t at = 0;
  for (std::size_t open = 0; (open = text.find("${", at)) != std::string::npos;) {
    const std::size_t end = text.find('}', open);
    const std::string name = text.substr(open + 2, end - open - 2);
    const std::string detail = name.substr(std::min(name.size(), name.find('.') + 1));
    out += text.substr(at, open - at);
    at = end + 1;
    if (name == "dir") {
      out += folder_.path().string();
    } else if (name == "device") {
      out += harness::device_program().string();
    } else if (name == "port") {
      out += std::to_string(broker_->port());
    } else if (name.starts_with("crt.")) {
      out += pki_.certificate(detail);
    } else if (name.starts_with("key.")) {
      out += pki_.key(detail);
    } else if (name.starts_with("fingerprint.")) {
      out += harness::key_fingerprint(pki_.certificate(detail));
    } else if (name.starts_with("port.")) {
      std::size_t row = 0;
      while (row < scenario_.listeners.size() && scenario_.listeners[row].name != detail) ++row;
      out += std::to_string(broker_->port(row));
    } else {
      throw Error("no placeholder ${" + name + "}");
    }
  }
  return out + text.substr(at);
}

std::size_t ended_sessions(const std::vector<Event>& events) {
  std::set<std::string> ended;
  for (const Event& event : events) {
    const bool failed = event.action() == "tls-handshake" && event.text("event.outcome") == "failure";
    if (failed || event.action() == "session-end") ended.insert(event.session());
  }
  return ended.size();
}

}  // namespace tlswatch::scenarios
