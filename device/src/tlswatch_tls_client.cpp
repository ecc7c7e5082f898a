#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_codes.h"
#include "tlswatch_server_hello.h"
#include "tlswatch_session.h"
#include "tlswatch_tls_client.h"

namespace tlswatch {
namespace device {
namespace {

constexpr size_t kEntropyBytes = 32;
// How long a server that has stopped reading may take to say why.
constexpr uint32_t kLastWordsMs = 1000;
constexpr uint8_t kFirstRecordParts = 2;  // its header, its body

// One step of BearSSL's engine, to be taken on another stack.
struct Step {
  void (*take)(br_ssl_engine_context*, size_t);
  br_ssl_engine_context* engine;
  size_t n;
};

void take_step(void* argument) {
  const Step& step = *static_cast<Step*>(argument);
  step.take(step.engine, step.n);
}

// The first step: it seeds the generator, draws from it and writes the ClientHello.
struct FirstStep {
  br_ssl_client_context* client;
  uint8_t entropy[kEntropyBytes];
  const char* server_name;
  bool resume;
  bool done;
};

void take_first_step(void* argument) {
  FirstStep& step = *static_cast<FirstStep*>(argument);
  br_ssl_engine_inject_entropy(&step.client->eng, step.entropy, sizeof step.entropy);
  wipe(step.entropy, sizeof step.entropy);
  step.done = br_ssl_client_reset(step.client, step.server_name, step.resume) != 0;
}

bool has_key(const ClientAuth& auth) {
  return auth.ec != nullptr || auth.rsa != nullptr;
}

}  // namespace

bool TlsClient::connect(const TlsConfig& config, const Transport& transport,
                        const br_ssl_session_parameters* resume) {
  transport_ = &transport;
  failure_ = Failure{Stack::tasmota, Phase::tls, kNoTlsError, 0};
  mfln_ = 0;
  parts_read_ = 0;
  stack_ = HandshakeStack{nullptr, nullptr, 0};
  handshake_ms_ = 0;
  established_ = false;
  resumed_ = false;
  write_broken_ = false;
  br_ssl_client_zero(&client_);
  if (fail_before(config)) return false;

  const uint32_t start = transport.now_ms(transport.context);
  switch (transport.connect(transport.context, config.host, config.port, config.connect_timeout_ms)) {
    case ConnectResult::dns_failed: return fail(Stack::tasmota, Phase::dns, kCannotResolve, 0);
    case ConnectResult::tcp_failed: return fail(Stack::tasmota, Phase::tcp, kCannotConnect, 0);
    case ConnectResult::ok: break;
  }
  stack_ = config.stack;
  if (stack_.switch_to != nullptr) paint_stack(stack_);
  if (!prepare(config, resume)) {
    stack_.switch_to = nullptr;
    const int error = last_error();
    transport.close(transport.context);
    if (error != 0) return fail(Stack::bearssl, Phase::tls, error, 0);
    return fail(Stack::tasmota, Phase::tls, kOutOfMemory, 0);
  }
  const Io done = pump(BR_SSL_SENDAPP, deadline(config.handshake_timeout_ms));
  stack_.switch_to = nullptr;
  if (done != Io::ok) {
    fail_handshake(done);
    transport.close(transport.context);
    return false;
  }
  established_ = true;
  handshake_ms_ = transport.now_ms(transport.context) - start;
  // The same master secret means that the server knew it: session ids alone could be an echo.
  resumed_ = resume != nullptr && memcmp(resume->master_secret, client_.eng.session.master_secret,
                                         sizeof resume->master_secret) == 0;
  return true;
}

// What is missing is known before anybody is troubled with a connection.
bool TlsClient::fail_before(const TlsConfig& config) {
  const bool no_stack = config.stack.switch_to != nullptr && config.stack.memory == nullptr;
  if (config.in == nullptr || config.out == nullptr || config.check_memory == nullptr || no_stack)
    return !fail(Stack::tasmota, Phase::tls, kOutOfMemory, 0);
  if (config.client_auth_setup != nullptr && !has_key(config.client_auth))
    return !fail(Stack::tasmota, Phase::tls, kMissingEcKey, 0);
  x509_ = config.check.start(config.check.context, config.check_memory);
  if (x509_ == nullptr) return !fail(Stack::tasmota, Phase::tls, kMissingCa, 0);
  key_gate_install(gate_, x509_, config.rsa_bits_max);
  return false;
}

bool TlsClient::prepare(const TlsConfig& config, const br_ssl_session_parameters* resume) {
  config.suite(client_);
  if (config.client_auth_setup != nullptr) config.client_auth_setup(client_, config.client_auth);
  br_ssl_engine_set_x509(&client_.eng, x509_);
  br_ssl_engine_set_buffers_bidi(&client_.eng, config.in, config.in_size, config.out, config.out_size);
  if (last_error() != 0) return false;

  FirstStep first;
  if (!transport_->entropy(transport_->context, first.entropy, sizeof first.entropy)) {
    client_.eng.err = BR_ERR_NO_RANDOM;
    return false;
  }
  // A server must refuse a session whose suite is not offered (RFC 5246 section 7.4.1.2).
  const bool same_suite = resume != nullptr && resume->cipher_suite == client_.eng.suites_buf[0];
  if (same_suite) br_ssl_engine_set_session_parameters(&client_.eng, resume);
  first.client = &client_;
  first.server_name = config.server_name;
  first.resume = same_suite;
  compute(take_first_step, &first);
  return first.done;
}

bool TlsClient::fail(Stack stack, Phase phase, int32_t code, int32_t detail) {
  failure_ = Failure{stack, phase, code, detail};
  return false;
}

bool TlsClient::fail_handshake(Io how) {
  const int error = last_error();
  if (error == kFingerprintMismatch && gate_.verdict == static_cast<unsigned>(kFingerprintMismatch)) {
    return fail(Stack::tasmota, Phase::tls, kFingerprintMismatch, 0);
  }
  if (error != 0) return fail(Stack::bearssl, Phase::tls, error, 0);
  if (how == Io::timeout) return fail(Stack::tasmota, Phase::tls, kHandshakeTimeout, 0);
  return fail(Stack::tasmota, Phase::tls, kNoTlsError, kMqttConnectFailed);
}

TlsClient::Io TlsClient::write(const void* bytes, size_t n, uint32_t timeout_ms) {
  const uint8_t* from = static_cast<const uint8_t*>(bytes);
  const uint32_t until = deadline(timeout_ms);
  while (n != 0) {
    const Io ready = pump(BR_SSL_SENDAPP, until);
    if (ready != Io::ok) return ready;
    size_t room = 0;
    unsigned char* to = br_ssl_engine_sendapp_buf(&client_.eng, &room);
    const size_t part = n < room ? n : room;
    memcpy(to, from, part);
    br_ssl_engine_sendapp_ack(&client_.eng, part);
    from += part;
    n -= part;
  }
  br_ssl_engine_flush(&client_.eng, 0);
  return pump(0, until);
}

TlsClient::Io TlsClient::read(void* bytes, size_t n, size_t* got, uint32_t timeout_ms) {
  *got = 0;
  const Io ready = pump(BR_SSL_RECVAPP, deadline(timeout_ms));
  if (ready != Io::ok) return ready;
  size_t there = 0;
  const unsigned char* from = br_ssl_engine_recvapp_buf(&client_.eng, &there);
  *got = n < there ? n : there;
  memcpy(bytes, from, *got);
  br_ssl_engine_recvapp_ack(&client_.eng, *got);
  return Io::ok;
}

void TlsClient::close(uint32_t timeout_ms) {
  const uint32_t until = deadline(timeout_ms);
  br_ssl_engine_close(&client_.eng);
  while (pump(BR_SSL_RECVAPP, until) == Io::ok) {
    // What the server still sends is not wanted any more.
    size_t there = 0;
    br_ssl_engine_recvapp_buf(&client_.eng, &there);
    br_ssl_engine_recvapp_ack(&client_.eng, there);
  }
  transport_->close(transport_->context);
  br_ssl_client_forget_session(&client_);
  wipe(client_.eng.session.master_secret, sizeof client_.eng.session.master_secret);
}

// Moves records both ways until the engine can do one of `wanted`; 0: until everything is sent.
TlsClient::Io TlsClient::pump(unsigned wanted, uint32_t deadline_ms) {
  for (;;) {
    const unsigned state = br_ssl_engine_current_state(&client_.eng);
    if (state & BR_SSL_CLOSED) return Io::closed;
    if (state & BR_SSL_SENDREC) {
      if (left_ms(deadline_ms) == 0) return Io::timeout;
      if (!send_record(deadline_ms)) return Io::timeout;
      continue;
    }
    if (wanted == 0 || (state & wanted)) return Io::ok;
    if (!(state & BR_SSL_RECVREC)) return Io::closed;  // unread data stands in the way: not what we speak
    const Io received = receive(deadline_ms);
    if (received != Io::ok) return received;
  }
}

// A server that refuses us may close before it has read all that we sent; its alert is then still on the way
// to us while our writing fails already. So a broken write ends nothing: what is left to send is dropped, and
// reading goes on for a moment until the alert, or the end, is there.
bool TlsClient::send_record(uint32_t deadline_ms) {
  size_t n = 0;
  const unsigned char* bytes = br_ssl_engine_sendrec_buf(&client_.eng, &n);
  int sent = static_cast<int>(n);
  if (!write_broken_) sent = transport_->write(transport_->context, bytes, n, left_ms(deadline_ms));
  if (sent == kTransportTimeout) return false;
  if (sent < 0) write_broken_ = true;
  acknowledge(br_ssl_engine_sendrec_ack, sent < 0 ? n : static_cast<size_t>(sent));
  return true;
}

// BearSSL asks for a record's header, then for its body. The first record it gets as a whole, so that the
// ServerHello can be looked at before BearSSL overwrites it.
TlsClient::Io TlsClient::receive(uint32_t deadline_ms) {
  size_t room = 0;
  unsigned char* to = br_ssl_engine_recvrec_buf(&client_.eng, &room);
  size_t size = 0;
  do {
    uint32_t left = left_ms(deadline_ms);
    if (write_broken_ && left > kLastWordsMs) left = kLastWordsMs;
    const int got = transport_->read(transport_->context, to + size, room - size, left);
    if (got == kTransportTimeout) return write_broken_ ? Io::closed : Io::timeout;
    if (got < 0) return Io::closed;
    size += static_cast<size_t>(got);
  } while (parts_read_ < kFirstRecordParts && size < room);
  if (parts_read_ < kFirstRecordParts && ++parts_read_ == kFirstRecordParts)
    mfln_ = server_hello_mfln(client_.eng.ibuf, static_cast<size_t>(to + size - client_.eng.ibuf));
  acknowledge(br_ssl_engine_recvrec_ack, size);
  return Io::ok;
}

// Bytes moved make the engine go on, and that is where the handshake computes.
void TlsClient::acknowledge(void (*step)(br_ssl_engine_context*, size_t), size_t n) {
  Step next = {step, &client_.eng, n};
  compute(take_step, &next);
}

void TlsClient::compute(void (*call)(void*), void* argument) {
  if (stack_.switch_to == nullptr) return call(argument);
  stack_.switch_to(stack_.memory, stack_.size, call, argument);
}

uint32_t TlsClient::deadline(uint32_t timeout_ms) const {
  return transport_->now_ms(transport_->context) + timeout_ms;
}

// In differences, so that a clock that wraps around does no harm.
uint32_t TlsClient::left_ms(uint32_t deadline_ms) const {
  const uint32_t left = deadline_ms - transport_->now_ms(transport_->context);
  return static_cast<int32_t>(left) > 0 ? left : 0;
}

}  // namespace device
}  // namespace tlswatch

#endif
