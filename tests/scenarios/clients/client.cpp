// An MQTT device with a TLS stack of choice: one attempt to connect; what failed is remembered in --state and
// reported by the device module's own recorder at the next success.
//
//   client-STACK --port P --id ID --cafile F [--state FILE] [--clock EPOCH] ...
//
// Prints one line, {"connected":bool,"code":int,"detail":int,"reported":int}; exit 0 connected, 1 not, 2 bad
// usage.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <ctime>
#include <optional>
#include <vector>

#include "recorder_port.h"
#include "stack.h"
#include "tlswatch_codes.h"
#include "tlswatch_mqtt.h"

namespace tlswatch::scenarios {
namespace {

using device::MqttPacket;
using device::MqttType;
using device::Phase;

struct Options {
  StackOptions stack;
  std::string id;
  std::string user;
  std::string password;
  std::string state;
  std::optional<std::uint32_t> clock;
  std::uint16_t keepalive_s = 60;
  bool silent = false;
};

/// MQTT over a connected stack: one packet out, one answer in.
class Conversation {
 public:
  explicit Conversation(TlsStack& stack) : stack_(stack) {}

  bool send(std::size_t n) { return n != 0 && stack_.write(buffer_.data(), n); }
  std::uint8_t* data() { return buffer_.data(); }
  std::size_t room() const { return buffer_.size(); }

  /// The next packet of that type; nothing where the connection ends first.
  std::optional<MqttPacket> await(MqttType type) {
    for (;;) {
      std::uint8_t byte = 0;
      last_read_ = stack_.read(&byte, 1);
      if (last_read_ <= 0) return {};
      if (reader_.take(byte) != device::MqttReader::Result::packet) continue;
      if (reader_.packet().type == static_cast<std::uint8_t>(type)) return reader_.packet();
    }
  }

  /// Until the broker ends it.
  void listen() {
    std::array<std::uint8_t, 256> bytes{};
    while (stack_.read(bytes.data(), bytes.size()) > 0) {
    }
  }

  /// Whether the last read met an error, rather than an end.
  bool broken() const { return last_read_ < 0; }

 private:
  TlsStack& stack_;
  device::MqttReader reader_;
  int last_read_ = 0;
  std::array<std::uint8_t, 1024> buffer_{};
};

class Client {
 public:
  explicit Client(const Options& options)
      : options_(options),
        clock_(options.clock ? *options.clock : static_cast<std::uint32_t>(std::time(nullptr))),
        port_(clock_, state_, none_) {}

  int run() {
    if (!options_.state.empty()) {
      if (const std::string error = state_.open(options_.state); !error.empty())
        throw std::runtime_error("--state: " + error);
    }
    const device::RecorderPort port = port_.port();
    recorder_.begin(port, "client-1");
    recorder_.attempt();
    const std::unique_ptr<TlsStack> stack = make_stack(options_.stack);
    if (options_.clock) set_clock(*options_.clock);  // only now: wolfSSL checks a CA's dates when it loads it
    if (const std::optional<Problem> problem = stack->connect()) return fail(*problem);
    Conversation mqtt(*stack);
    if (const std::optional<Problem> problem = log_in(mqtt, *stack)) {
      stack->close();
      return fail(*problem);
    }
    recorder_.connected();
    const std::size_t reported = report(mqtt);
    publish(mqtt, "greeting", "hello", 5, kGreeting);
    say(true, {}, reported);
    if (options_.silent) {
      mqtt.listen();
    } else {
      mqtt.send(device::mqtt_encode_bare(MqttType::disconnect, mqtt.data(), mqtt.room()));
    }
    stack->close();
    return 0;
  }

 private:
  static constexpr std::uint16_t kGreeting = 1000;

  // A refusal by MQTT is no code of the stack: it stands where Tasmota has it, with the CONNACK code as
  // detail.
  std::optional<Problem> log_in(Conversation& mqtt, TlsStack& stack) {
    const device::MqttConnect connect{
        options_.id.c_str(), options_.user.empty() ? nullptr : options_.user.c_str(),
        options_.user.empty() ? nullptr : options_.password.c_str(), options_.keepalive_s};
    const std::size_t n = device::mqtt_encode_connect(connect, mqtt.data(), mqtt.room());
    const bool sent = mqtt.send(n);
    const std::optional<MqttPacket> answer = sent ? mqtt.await(MqttType::connack) : std::nullopt;
    if (answer && answer->connack_code() == 0) return {};
    if (answer) return Problem{Phase::mqtt, device::kNoTlsError, answer->connack_code()};
    Problem problem{Phase::mqtt, device::kNoTlsError, device::kMqttNoConnack};
    if (!sent || mqtt.broken()) problem.code = stack.problem().code;
    return problem;
  }

  bool publish(Conversation& mqtt, const char* topic, const char* text, std::size_t n, std::uint16_t packet) {
    if (!mqtt.send(device::mqtt_encode_publish(topic, text, n, packet, mqtt.data(), mqtt.room())))
      return false;
    const std::optional<MqttPacket> answer = mqtt.await(MqttType::puback);
    return answer && answer->puback_packet() == packet;
  }

  std::size_t report(Conversation& mqtt) {
    const std::string topic = device::kReportTopicPrefix + options_.id;
    std::array<char, device::kReportMax> text{};
    std::size_t reported = 0;
    for (std::uint16_t packet = 1;; ++packet) {
      const std::size_t n = recorder_.format_report(text.data(), device::kReportMax - topic.size(), packet);
      if (n == 0 || !publish(mqtt, topic.c_str(), text.data(), n, packet)) return reported;
      reported += recorder_.acknowledged(packet);
    }
  }

  int fail(const Problem& problem) {
    const bool of_mqtt = problem.phase == Phase::mqtt && problem.code == device::kNoTlsError;
    const std::optional<device::Stack> stack = of_mqtt ? device::Stack::tasmota : report_stack();
    if (stack) recorder_.record(*stack, problem.phase, problem.code, problem.detail);
    say(false, problem, 0);
    return 1;
  }

  static void say(bool connected, const Problem& problem, std::size_t reported) {
    std::printf("{\"connected\":%s,\"code\":%d,\"detail\":%d,\"reported\":%zu}\n",
                connected ? "true" : "false", problem.code, problem.detail, reported);
    std::fflush(stdout);
  }

  const Options& options_;
  device::host::DeviceClock clock_;
  device::host::FileStore state_;
  device::host::FileStore none_;
  device::host::HostRecorderPort port_;
  device::Recorder recorder_;
};

int run(int argc, char** argv) {
  Options options;
  StackOptions& stack = options.stack;
  CLI::App app("one connection attempt of an MQTT device");
  app.add_option("--host", stack.host);
  app.add_option("--port", stack.port)->required();
  app.add_option("--server-name", stack.server_name);
  app.add_option("--cafile", stack.cafile);
  app.add_option("--cert", stack.cert);
  app.add_option("--key", stack.key);
  app.add_option("--psk-identity", stack.psk_identity);
  app.add_option("--psk", stack.psk);
  app.add_option("--version", stack.version);
  app.add_option("--ciphers", stack.ciphers);
  app.add_option("--signatures", stack.signatures);
  app.add_option("--mfln", stack.mfln);
  app.add_option("--timeout-ms", stack.timeout_ms);
  app.add_option("--heap", stack.heap);
  app.add_flag("--no-random", stack.no_random);
  app.add_option("--id", options.id)->required();
  app.add_option("--user", options.user);
  app.add_option("--password", options.password);
  app.add_option("--state", options.state);
  app.add_option("--clock", options.clock);
  app.add_option("--keepalive", options.keepalive_s);
  app.add_flag("--silent", options.silent, "once connected, say nothing until the broker ends it");
  CLI11_PARSE(app, argc, argv);
  return Client(options).run();
}

}  // namespace
}  // namespace tlswatch::scenarios

int main(int argc, char** argv) {
  try {
    return tlswatch::scenarios::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "client: %s\n", error.what());
    return 2;
  }
}
