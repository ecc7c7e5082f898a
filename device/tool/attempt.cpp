#include "attempt.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "credentials.h"
#include "names.h"
#include "recorder_port.h"
#include "socket_transport.h"
#include "thread_stack.h"
#include "tlswatch_ca_x509.h"
#include "tlswatch_fingerprint_x509.h"
#include "tlswatch_learnt.h"
#include "tlswatch_reference.h"
#include "tlswatch_session.h"

namespace tlswatch::device::tool {
namespace {

constexpr int kConnected = 0;
constexpr int kNotConnected = 1;
constexpr int kBadUsage = 2;
constexpr std::uint16_t kKeepaliveSeconds = 20;
// CONNECT with the longest id, user and password that the options allow
constexpr std::size_t kScratch = 4096;

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
  ReferenceConfig config();
  TlsConfig tls_config();
  host::FileStore& session_store() { return flash_.is_open() ? flash_ : rtc_; }
  void say(const ReferenceOutcome& outcome) const;
  void print(const ReferenceOutcome& outcome) const;

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
  FingerprintX509 fingerprint_x509_{};
  CaTrust trust_{};
  std::vector<std::uint8_t> in_;
  std::vector<std::uint8_t> out_;
  std::vector<std::uint8_t> scratch_;
  std::vector<std::max_align_t> check_memory_;
  std::vector<std::max_align_t> stack_;
  ReferenceConfig config_{};
  std::optional<ReferenceDevice> device_;
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

  port_ = recorder_port_.port();
  recorder_.begin(port_, "tlswatch-" TLSWATCH_VERSION);
  config_ = config();
  device_.emplace(config_, recorder_, transport_);
  return true;
}

int Attempt::run() {
  const ReferenceOutcome outcome = device_->attempt();
  say(outcome);
  print(outcome);
  if (!outcome.connected) return kNotConnected;
  if (device_->stay(options_.stay_s))
    device_->leave();
  else
    note("the connection was lost");
  return kConnected;
}

TlsConfig Attempt::tls_config() {
  const bool by_ca = !options_.cafile.empty();
  fingerprint_x509_init(fingerprint_x509_, options_.slots);
  apply_learnt(flash_.place<host::kLearntOffset>(), fingerprint_x509_.slots);
  trust_ = {anchors_.anchors().data(), anchors_.anchors().size(), clock_.unix_s()};
  in_.resize(tls_in_size(options_.mfln));
  out_.resize(tls_out_size(options_.mfln));
  stack_.resize(host::kThreadStackBytes / sizeof(std::max_align_t));

  TlsConfig config = {};
  config.host = options_.host.c_str();
  config.port = options_.port;
  // An address is no server name (RFC 6066 section 3); but without a name BearSSL would check none, so the CA
  // check always gets one.
  if (by_ca || !is_address(options_.host)) config.server_name = options_.host.c_str();
  if (options_.server_name) config.server_name = options_.server_name->c_str();
  config.suite = options_.suite->setup;
  config.check = by_ca ? options_.suite->ca_check(trust_) : fingerprint_check(fingerprint_x509_);
  check_memory_.resize(config.check.memory_bytes / sizeof(std::max_align_t) + 1);
  config.check_memory = check_memory_.data();
  config.stack = {host::switch_stack_thread, reinterpret_cast<std::uint8_t*>(stack_.data()),
                  host::kThreadStackBytes};
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

ReferenceConfig Attempt::config() {
  scratch_.resize(kScratch);
  ReferenceConfig config = {};
  config.tls = tls_config();
  config.mqtt = {options_.id.c_str(), options_.user ? options_.user->c_str() : nullptr,
                 options_.password ? options_.password->c_str() : nullptr, kKeepaliveSeconds};
  config.report_topic = options_.report_topic.c_str();
  config.answer_timeout_ms = options_.timeout_ms;
  config.scratch = scratch_.data();
  config.scratch_size = scratch_.size();
  if (options_.cafile.empty()) {
    config.fingerprint = &fingerprint_x509_;
    config.keep_learnt = keep_learnt;
    config.learnt = flash_.place<host::kLearntOffset>();
  }
  if (options_.resume) {
    config.sessions = &kSessionKeeping;
    config.session = session_store().place<host::kSessionOffset>();
  }
  return config;
}

void Attempt::say(const ReferenceOutcome& outcome) const {
  const TlsClient& tls = device_->tls();
  if (tls.cipher_suite() != 0 && options_.mfln != 0 && tls.mfln() == 0)
    note("MFLN not supported by TLS server");
  if (outcome.learned) {
    note("Fingerprint learned: " + hex(fingerprint_x509_.seen) +
         (outcome.kept ? "" : ", kept nowhere without --flash"));
  }
  if (outcome.connected && recorder_.pending() != 0) note("not every error could be reported");
}

void Attempt::print(const ReferenceOutcome& outcome) const {
  const TlsClient& tls = device_->tls();
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text_or_null = [&json](const char* text) { text != nullptr ? json.String(text) : json.Null(); };
  json.StartObject();
  json.Key("connected");
  json.Bool(outcome.connected);
  json.Key("code");
  json.Int(outcome.connected ? 0 : outcome.failure.code);
  json.Key("name");
  text_or_null(outcome.connected ? nullptr : failure_name(outcome.failure));
  json.Key("mfln");
  tls.mfln() != 0 ? json.Int(tls.mfln()) : json.Null();
  json.Key("cipher");
  text_or_null(suite_name(tls.cipher_suite()));
  json.Key("handshake_ms");
  tls.cipher_suite() != 0 ? json.Uint(tls.handshake_ms()) : json.Null();
  json.Key("resumed");
  json.Bool(tls.resumed());
  json.Key("reported");
  json.Uint64(outcome.reported);
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
