#include "attempt.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "credentials.h"
#include "learnt.h"
#include "names.h"
#include "recorder_port.h"
#include "socket_transport.h"
#include "tlswatch_ca_x509.h"
#include "tlswatch_codes.h"
#include "tlswatch_crc32.h"
#include "tlswatch_fingerprint_x509.h"
#include "tlswatch_mqtt_session.h"
#include "tlswatch_session.h"
#include "tlswatch_tls_client.h"

namespace tlswatch::device::tool {
namespace {

constexpr int kConnected = 0;
constexpr int kNotConnected = 1;
constexpr int kBadUsage = 2;
constexpr std::uint16_t kKeepaliveSeconds = 20;
constexpr std::uint32_t kPingEveryMs = 5000;
constexpr std::uint32_t kGoodbyeMs = 1000;
constexpr std::size_t kScratch =
    4096;  // CONNECT with the longest id, user and password that the options allow

struct Outcome {
  bool connected = false;
  Failure failure{Stack::tasmota, Phase::tls, kNoTlsError, 0};
  std::size_t reported = 0;
};

// The whole device, in the order of what outlives what.
class Attempt {
 public:
  explicit Attempt(const Options& options)
      : options_(options),
        clock_(options.clock_s),
        recorder_port_(clock_, rtc_, flash_),
        port_(recorder_port_.port()) {}

  // Opens and reads all files. False: one of them is of no use, and that has been said.
  bool prepare();
  int run();

 private:
  TlsConfig config();
  void prepare_identity();
  std::uint32_t binding() const;
  const host::FileStore& session_store() const { return flash_.is_open() ? flash_ : rtc_; }
  bool connect_tls();
  void keep_session();
  void keep_fingerprint();
  bool connect_mqtt(MqttSession& mqtt);
  bool stay(MqttSession& mqtt);
  void fail(const Failure& failure);
  void print() const;

  const Options& options_;
  host::DeviceClock clock_;
  host::FileStore rtc_;
  host::FileStore flash_;
  host::HostRecorderPort recorder_port_;
  RecorderPort port_{};
  Recorder recorder_;
  host::SocketTransport socket_;
  Transport transport_ = socket_.port();
  TrustAnchors anchors_;
  DeviceCredentials credentials_;
  Slots slots_{};
  FingerprintX509 fingerprint_x509_{};
  br_x509_minimal_context ca_x509_{};
  std::vector<std::uint8_t> in_;
  std::vector<std::uint8_t> out_;
  TlsClient tls_;
  Outcome outcome_;
};

void note(const std::string& text) {
  std::fprintf(stderr, "tlswatch-device: %s\n", text.c_str());
}

bool complain(const char* option, const std::string& path, const std::string& what) {
  note(std::string(option) + " " + path + ": " + what);
  return false;
}

bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string hex(const Fingerprint& fingerprint) {
  std::string text;
  char digits[3];
  for (const std::uint8_t byte : fingerprint.bytes) {
    std::snprintf(digits, sizeof digits, "%02X", static_cast<unsigned>(byte));
    text += digits;
  }
  return text;
}

bool Attempt::prepare() {
  std::string error;
  if (!options_.rtc.empty()) error = rtc_.open(options_.rtc);
  if (!error.empty()) return complain("--rtc", options_.rtc, error);
  if (!options_.flash.empty()) error = flash_.open(options_.flash);
  if (!error.empty()) return complain("--flash", options_.flash, error);
  if (!options_.cafile.empty()) error = anchors_.load(options_.cafile);
  if (!error.empty()) return complain("--cafile", options_.cafile, error);
  if (!options_.cert.empty()) error = credentials_.load_chain(options_.cert);
  if (!error.empty()) return complain("--cert", options_.cert, error);
  if (!options_.key.empty()) error = credentials_.load_key(options_.key);
  if (!error.empty()) return complain("--key", options_.key, error);

  in_.resize(tls_in_size(options_.mfln));
  out_.resize(tls_out_size(options_.mfln));
  slots_ = options_.slots;
  apply_learnt(flash_, slots_);
  port_ = recorder_port_.port();
  recorder_.begin(port_, "tlswatch-" TLSWATCH_VERSION);
  return true;
}

int Attempt::run() {
  recorder_.attempt();
  if (!connect_tls()) {
    print();
    return kNotConnected;
  }
  std::vector<std::uint8_t> scratch(kScratch);
  MqttSession mqtt(tls_, scratch.data(), scratch.size());
  if (!connect_mqtt(mqtt)) {
    tls_.close(kGoodbyeMs);
    print();
    return kNotConnected;
  }
  print();
  if (stay(mqtt)) mqtt.disconnect(kGoodbyeMs);
  return kConnected;
}

void Attempt::prepare_identity() {
  if (options_.cafile.empty()) {
    const FingerprintSlot slots[kFingerprintSlots] = {slots_[0], slots_[1]};
    return fingerprint_x509_init(fingerprint_x509_, slots);
  }
  const auto& anchors = anchors_.anchors();
  const auto init = options_.suite->ec_certificates ? ca_x509_init_rsa_ec : ca_x509_init_rsa;
  init(ca_x509_, anchors.data(), anchors.size(), clock_.unix_s());
}

TlsConfig Attempt::config() {
  prepare_identity();
  const bool by_ca = !options_.cafile.empty();
  TlsConfig config = {};
  config.host = options_.host.c_str();
  config.port = options_.port;
  // An address is no server name (RFC 6066 section 3); but without a name BearSSL would check none, so the CA
  // check always gets one.
  if (by_ca || !is_address(options_.host)) config.server_name = options_.host.c_str();
  if (options_.server_name) config.server_name = options_.server_name->c_str();
  config.suite = options_.suite->setup;
  config.x509 = by_ca ? &ca_x509_.vtable : &fingerprint_x509_.vtable;
  config.rsa_bits_max = options_.profile->rsa_bits_max;
  if (!options_.cert.empty()) {
    config.client_auth = {credentials_.chain().data(), credentials_.chain().size(), credentials_.ec(),
                          credentials_.rsa()};
    config.client_auth_setup = credentials_.ec() != nullptr ? use_client_key_ec : use_client_key_rsa;
  }
  config.in = in_.data();
  config.in_size = in_.size();
  config.out = out_.data();
  config.out_size = out_.size();
  config.connect_timeout_ms = options_.timeout_ms;
  config.handshake_timeout_ms = options_.timeout_ms;
  return config;
}

// Everything that a resumed session must have in common with the one it was made in.
std::uint32_t Attempt::binding() const {
  std::string text = options_.host + '\n' + std::to_string(options_.port) + '\n' +
                     options_.server_name.value_or("") + '\n' + options_.suite->name + '\n' +
                     std::to_string(options_.mfln) + '\n' + std::to_string(options_.profile->rsa_bits_max) +
                     '\n';
  for (const FingerprintSlot& slot : options_.slots) {
    text += std::to_string(static_cast<int>(slot.mode)) + hex(slot.fingerprint) + '\n';
  }
  std::uint32_t crc = crc32(text.data(), text.size());
  crc = crc32(anchors_.der().data(), anchors_.der().size(), crc);
  for (const auto& certificate : credentials_.chain())
    crc = crc32(certificate.data, certificate.data_len, crc);
  return crc;
}

bool Attempt::connect_tls() {
  const TlsConfig tls_config = config();
  SavedSession saved = {};
  br_ssl_session_parameters parameters = {};
  const bool resume = options_.resume && session_store().load(host::kSessionOffset, &saved, sizeof saved) &&
                      session_unpack(saved, binding(), &parameters);
  const bool connected = tls_.connect(tls_config, transport_, resume ? &parameters : nullptr);
  wipe(&parameters, sizeof parameters);
  wipe(&saved, sizeof saved);
  if (!connected) {
    // Perhaps it was the old session: the next attempt starts without it.
    if (resume) session_store().save(host::kSessionOffset, &saved, sizeof saved);
    fail(tls_.failure());
    return false;
  }
  if (options_.mfln != 0 && tls_.mfln() == 0) note("MFLN not supported by TLS server");
  if (options_.resume && !tls_.resumed()) keep_session();
  keep_fingerprint();
  return true;
}

void Attempt::keep_session() {
  SavedSession saved = {};
  br_ssl_session_parameters parameters = {};
  tls_.session(&parameters);
  if (session_pack(parameters, binding(), &saved))
    session_store().save(host::kSessionOffset, &saved, sizeof saved);
  wipe(&parameters, sizeof parameters);
  wipe(&saved, sizeof saved);
}

void Attempt::keep_fingerprint() {
  if (fingerprint_x509_.match != FingerprintMatch::learned) return;
  const bool kept = keep_learnt(flash_, fingerprint_x509_.matched_slot, fingerprint_x509_.seen);
  note("Fingerprint learned: " + hex(fingerprint_x509_.seen) +
       (kept ? "" : ", kept nowhere without --flash"));
}

bool Attempt::connect_mqtt(MqttSession& mqtt) {
  const MqttConnect connect = {options_.id.c_str(), options_.user ? options_.user->c_str() : nullptr,
                               options_.password ? options_.password->c_str() : nullptr, kKeepaliveSeconds};
  if (!mqtt.connect(connect, options_.timeout_ms)) {
    fail(mqtt.failure());
    return false;
  }
  recorder_.connected();
  outcome_.connected = true;
  outcome_.reported = report_pending(recorder_, mqtt, options_.report_topic.c_str(), options_.timeout_ms);
  if (recorder_.pending() != 0) note("not every error could be reported");
  return true;
}

bool Attempt::stay(MqttSession& mqtt) {
  std::uint64_t left_ms = std::uint64_t{options_.stay_s} * 1000;
  while (left_ms != 0) {
    const std::uint32_t start = transport_.now_ms(transport_.context);
    const auto pause = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_ms, kPingEveryMs));
    const bool alive = mqtt.idle(pause) && (left_ms <= kPingEveryMs || mqtt.ping(options_.timeout_ms));
    if (!alive) {
      note("the connection was lost");
      recorder_.record(mqtt.failure());
      tls_.close(kGoodbyeMs);
      return false;
    }
    const std::uint32_t passed = transport_.now_ms(transport_.context) - start;
    left_ms -= std::min<std::uint64_t>(left_ms, std::max(passed, pause));
  }
  return true;
}

void Attempt::fail(const Failure& failure) {
  outcome_.failure = failure;
  recorder_.record(failure);
}

void Attempt::print() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text_or_null = [&json](const char* text) { text != nullptr ? json.String(text) : json.Null(); };
  const bool established = tls_.cipher_suite() != 0;
  json.StartObject();
  json.Key("connected");
  json.Bool(outcome_.connected);
  json.Key("code");
  json.Int(outcome_.connected ? 0 : outcome_.failure.code);
  json.Key("name");
  text_or_null(outcome_.connected ? nullptr : failure_name(outcome_.failure));
  json.Key("mfln");
  tls_.mfln() != 0 ? json.Int(tls_.mfln()) : json.Null();
  json.Key("cipher");
  text_or_null(suite_name(tls_.cipher_suite()));
  json.Key("handshake_ms");
  established ? json.Uint(tls_.handshake_ms()) : json.Null();
  json.Key("resumed");
  json.Bool(tls_.resumed());
  json.Key("reported");
  json.Uint64(outcome_.reported);
  json.EndObject();
  std::printf("%s\n", buffer.GetString());
  std::fflush(stdout);
}

}  // namespace

int run_attempt(const Options& options) {
  const auto attempt = std::make_unique<Attempt>(options);
  return attempt->prepare() ? attempt->run() : kBadUsage;
}

}  // namespace tlswatch::device::tool
