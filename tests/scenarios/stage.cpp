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
  if (scenario.network) {
    network_ = std::make_unique<harness::BadNetwork>(*scenario.network);
    config.address = network_->address();
  }
  for (const std::string& line : fill_in_all(*this, scenario.global)) config.global.push_back(line);
  for (const harness::Listener& listener : scenario.listeners) {
    config.listeners.push_back({listener.name, fill_in_all(*this, listener.lines)});
  }
  // As it is by default; the harness leaves times out. A line proves an end in its own moment only.
  if (scenario.broker_log) config.global.emplace_back("log_timestamp true");
  config.plugin_options = {"plugin_opt_ring_size 1048576"};
  broker_ = std::make_unique<harness::Broker>(folder_, config);
  for (const Link& link : scenario.links) {
    const bool refuses = link.fault.kind == harness::LinkFault::Kind::refuse;
    const int to = refuses ? 0 : std::stoi(port_of(link.to));
    links_.push_back(std::make_unique<harness::FaultyLink>(static_cast<std::uint16_t>(to), link.fault));
  }
  if (!steps_only()) start_daemon();
}

void Stage::start_daemon() {
  harness::DaemonConfig daemon{.brokers = {{"test", broker_->ring(), broker_->cursor()}}};
  if (!scenario_.profiles.empty()) {
    const auto file = folder_ / "profiles.yaml";
    harness::write_file(file, fill_in(scenario_.profiles));
    daemon.further = "profiles: [" + file.string() + "]\n";
  }
  if (scenario_.broker_log)
    daemon.further += "broker_log: [{broker: test, file: " + broker_->log_file().string() + "}]\n";
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
  broker_->stop();  // which ends what goes on beside the steps
  for (Running& running : running_) await_program(*running.step, *running.process, running.out);
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
  if (step.kind == Step::Kind::mend) {
    if (network_ == nullptr) throw Error("there is no network to mend");
    network_->mend();
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
  EXPECT_EQ(client.handshake() ? 0 : 1, step.statuses.front())
      << "1: refused in the handshake; the broker says:\n"
      << broker_->log();
  play_script(script, peer_on(client), log);
  EXPECT_TRUE(step.answer.empty()) << "a tls client prints no answer";
}

void Stage::run_program(const Step& step) {
  const std::string name = "step" + std::to_string(++programs_);
  const auto out = folder_ / (name + ".out");
  std::vector<std::string> argv = fill_in_all(*this, step.argv);
  if (network_ != nullptr) {
    const std::vector<std::string> inside = network_->inside();
    argv.insert(argv.begin(), inside.begin(), inside.end());
  }
  const std::size_t before = step.until.empty() || steps_only() ? 0 : log_.count(step.until);
  auto process = std::make_unique<harness::Process>(
      harness::Command{.argv = argv, .output = out, .errors = folder_ / (name + ".err")});
  if (!step.until.empty()) {
    process->close_stdin();
    if (!steps_only()) {
      EXPECT_TRUE(log_.wait_for([&](const auto&) { return log_.count(step.until) > before; }))
          << "no " << step.until << "; it said: " << harness::read_file(out);
    }
    running_.push_back({&step, std::move(process), out});
    return;
  }
  Peer peer;
  peer.send = [&](const std::string& bytes) { process->send(bytes); };
  peer.await_bytes = [&](const std::string& wanted) {
    return harness::wait_until([&] { return harness::read_file(out).find(wanted) != std::string::npos; });
  };
  peer.await_closed = [&] { return process->wait().has_value(); };
  peer.close = [&] { process->close_stdin(); };
  play_script(step.script, peer, nullptr);
  if (step.script.empty()) process->close_stdin();
  await_program(step, *process, out);
}

void Stage::await_program(const Step& step, harness::Process& process, const std::filesystem::path& out) {
  const std::optional<int> status = process.wait();
  const std::string said = harness::read_file(out);
  EXPECT_TRUE(status && std::ranges::count(step.statuses, *status) != 0)
      << "it ended with " << status.value_or(-1) << "; it said: " << said
      << harness::read_file(std::filesystem::path(out).replace_extension(".err")) << "\nthe broker says:\n"
      << broker_->log();
  if (!step.answer.empty()) check_answer(step, said);
}

std::string Stage::port_of(const std::string& name) const {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (scenario_.links[i].name == name) return std::to_string(links_[i]->port());
  }
  std::size_t row = 0;
  while (row < scenario_.listeners.size() && scenario_.listeners[row].name != name) ++row;
  if (row == scenario_.listeners.size()) throw Error("no listener or link " + name);
  return std::to_string(broker_->port(row));
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
    } else if (name == "clients") {
      out += TLSWATCH_CLIENTS_FOLDER;
    } else if (name == "scenarios") {
      out += (harness::source_folder() / "tests" / "scenarios").string();
    } else if (name == "address") {
      out += network_ == nullptr ? "127.0.0.1" : network_->address();
    } else if (name == "port") {
      out += std::to_string(broker_->port());
    } else if (name.starts_with("crt.")) {
      out += pki_.certificate(detail);
    } else if (name.starts_with("key.")) {
      out += pki_.key(detail);
    } else if (name.starts_with("crl.")) {
      out += pki_.crl(detail);
    } else if (name.starts_with("fingerprint.")) {
      out += harness::key_fingerprint(pki_.certificate(detail));
    } else if (name.starts_with("port.")) {
      out += port_of(detail);
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
