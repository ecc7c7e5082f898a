// A device of the module's parts with one thing wrong inside it, which no setting of tlswatch-device can
// bring about.
//
//   client-bearssl-faulty --port P --id ID --cafile F --state FILE [--fault F]
//
//   no-mfln     its buffers are small, and its ClientHello does not ask for records that fit them; what is
//   encrypted
//               has to fit, so --subscribe T lets the broker send something
//   no-random   its hardware gives no random numbers
//   no-memory   its heap has no room for the buffers
//   no-key      it has a certificate (--cert), but not the key to it
//
// Prints one line, {"connected":bool,"code":int,"detail":int,"reported":int}; exit 0 connected, 1 not, 2 bad
// usage.
#include <CLI/CLI.hpp>
#include <array>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <vector>

#include "credentials.h"
#include "recorder_port.h"
#include "socket_transport.h"
#include "tlswatch_ca_x509.h"
#include "tlswatch_mqtt_session.h"

namespace tlswatch::scenarios {
namespace {

using namespace tlswatch::device;

constexpr std::uint16_t kRecords = 1024;
constexpr std::uint32_t kPatienceMs = 10'000;

struct Options {
  std::string host = "127.0.0.1";
  std::string server_name = "localhost";
  std::uint16_t port = 0;
  std::string id;
  std::string cafile;
  std::string cert;
  std::string state;
  std::string fault;
  std::string subscribe;
};

// The client, for whoever gets at it later.
br_ssl_client_context* client_in_use = nullptr;

void set_up(br_ssl_client_context& client) {
  use_suite_ecdhe_rsa(client);
  client_in_use = &client;
}

// Its first write is the ClientHello, whose MFLN follows from the buffers' size; from then on they are small.
int write_and_shrink(void* context, const std::uint8_t* bytes, std::size_t n, std::uint32_t timeout_ms) {
  client_in_use->eng.ibuf_len = tls_in_size(kRecords);
  return static_cast<host::SocketTransport*>(context)->write(bytes, n, timeout_ms);
}

bool no_entropy(void*, std::uint8_t*, std::size_t) {
  return false;
}

void must(const std::string& error) {
  if (!error.empty()) throw std::runtime_error(error);
}

class FaultyDevice {
 public:
  explicit FaultyDevice(const Options& options)
      : options_(options),
        clock_(static_cast<std::uint32_t>(std::time(nullptr))),
        recorder_port_(clock_, state_, none_) {
    must(anchors_.load(options.cafile));
    if (!options.state.empty()) must(state_.open(options.state));
    if (!options.cert.empty()) must(credentials_.load_chain(options.cert));
    port_ = recorder_port_.port();
    recorder_.begin(port_, "faulty-1");
    if (options.fault == "no-mfln") transport_.write = write_and_shrink;
    if (options.fault == "no-random") transport_.entropy = no_entropy;
  }

  int run() {
    recorder_.attempt();
    const TlsConfig config = configuration();
    if (!tls_.connect(config, transport_, nullptr)) return fail(tls_.failure());
    if (!mqtt_.connect({options_.id.c_str(), nullptr, nullptr, 20}, kPatienceMs))
      return fail(mqtt_.failure());
    recorder_.connected();
    const std::size_t reported = report_pending(recorder_, mqtt_, topic_.c_str(), kPatienceMs);
    if (!options_.subscribe.empty() && !receive()) return fail(mqtt_.failure());
    say(true, {}, reported);
    mqtt_.disconnect(kPatienceMs);
    return 0;
  }

 private:
  // SUBSCRIBE (MQTT 3.1.1, section 3.8) with QoS 0, and what comes of it. False: the connection broke.
  bool receive() {
    const std::string& topic = options_.subscribe;
    std::string packet = {'\x82', static_cast<char>(5 + topic.size()), 0, 9,
                          0,      static_cast<char>(topic.size())};
    packet += topic + '\0';
    return tls_.write(packet.data(), packet.size(), kPatienceMs) == TlsClient::Io::ok &&
           mqtt_.idle(kPatienceMs);
  }

  int fail(const Failure& failure) {
    recorder_.record(failure);
    say(false, failure, 0);
    return 1;
  }

  static void say(bool connected, const Failure& failure, std::size_t reported) {
    std::printf("{\"connected\":%s,\"code\":%d,\"detail\":%d,\"reported\":%zu}\n",
                connected ? "true" : "false", failure.code, failure.detail, reported);
    std::fflush(stdout);
  }

  TlsConfig configuration() {
    trust_ = {anchors_.anchors().data(), anchors_.anchors().size(), clock_.unix_s()};
    TlsConfig tls = {};
    tls.host = options_.host.c_str();
    tls.port = options_.port;
    tls.server_name = options_.server_name.c_str();
    tls.suite = set_up;
    tls.check = ca_check_rsa(trust_);
    check_memory_.resize(tls.check.memory_bytes / sizeof(std::max_align_t) + 1);
    tls.check_memory = check_memory_.data();
    tls.rsa_bits_max = 2048;
    if (options_.fault == "no-key") {
      tls.client_auth = {credentials_.chain().data(), credentials_.chain().size(), nullptr, nullptr};
      tls.client_auth_setup = use_client_key_rsa;
    }
    tls.in = options_.fault == "no-memory" ? nullptr : in_.data();
    tls.in_size = options_.fault == "no-mfln" ? tls_in_size(0) : tls_in_size(kRecords);
    tls.out = out_.data();
    tls.out_size = options_.fault == "no-mfln" ? tls_out_size(0) : tls_out_size(kRecords);
    tls.connect_timeout_ms = kPatienceMs;
    tls.handshake_timeout_ms = kPatienceMs;
    return tls;
  }

  const Options& options_;
  host::DeviceClock clock_;
  host::FileStore state_;
  host::FileStore none_;
  host::HostRecorderPort recorder_port_;
  RecorderPort port_{};
  Recorder recorder_;
  host::SocketTransport socket_;
  Transport transport_ = socket_.port();
  tool::TrustAnchors anchors_;
  tool::DeviceCredentials credentials_;
  CaTrust trust_{};
  std::string topic_ = kReportTopicPrefix + options_.id;
  std::array<std::uint8_t, tls_in_size(0)> in_{};
  std::array<std::uint8_t, tls_out_size(0)> out_{};
  std::array<std::uint8_t, 1024> scratch_{};
  std::vector<std::max_align_t> check_memory_;
  TlsClient tls_;
  MqttSession mqtt_{tls_, scratch_.data(), scratch_.size()};
};

int run(int argc, char** argv) {
  Options options;
  CLI::App app("one connection attempt of a device with a fault");
  app.add_option("--host", options.host);
  app.add_option("--server-name", options.server_name);
  app.add_option("--port", options.port)->required();
  app.add_option("--id", options.id)->required();
  app.add_option("--cafile", options.cafile)->required();
  app.add_option("--cert", options.cert);
  app.add_option("--state", options.state);
  app.add_option("--subscribe", options.subscribe);
  app.add_option("--fault", options.fault)
      ->check(CLI::IsMember({"no-mfln", "no-random", "no-memory", "no-key"}));
  CLI11_PARSE(app, argc, argv);
  return FaultyDevice(options).run();
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
