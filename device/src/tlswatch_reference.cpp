#include "tlswatch_config.h"
#if TLSWATCH_HAS_BEARSSL

#include <string.h>

#include "tlswatch_crc32.h"
#include "tlswatch_reference.h"

namespace tlswatch {
namespace device {
namespace {

constexpr uint32_t kPingEveryS = 5;
constexpr uint32_t kGoodbyeMs = 1000;

// With its NUL, so that no text can pass for the end of one and the start of another.
uint32_t crc_text(const char* text, uint32_t crc) {
  return text == nullptr ? crc32("\xFF", 1, crc) : crc32(text, strlen(text) + 1, crc);
}

}  // namespace

uint32_t session_binding(const TlsConfig& config) {
  const uint32_t numbers[] = {config.port, config.rsa_bits_max, static_cast<uint32_t>(config.in_size),
                              static_cast<uint32_t>(config.out_size),
                              config.check.digest(config.check.context)};
  uint32_t crc = crc32(numbers, sizeof numbers);
  crc = crc_text(config.host, crc);
  crc = crc_text(config.server_name, crc);
  for (size_t i = 0; i < config.client_auth.chain_length; ++i) {
    crc = crc32(config.client_auth.chain[i].data, config.client_auth.chain[i].data_len, crc);
  }
  return crc;
}

ReferenceDevice::ReferenceDevice(const ReferenceConfig& config, Recorder& recorder,
                                 const Transport& transport)
    : config_(config),
      recorder_(recorder),
      transport_(transport),
      tls_(),
      mqtt_(tls_, config.scratch, config.scratch_size) {}

ReferenceOutcome ReferenceDevice::attempt() {
  ReferenceOutcome outcome;
  memset(&outcome, 0, sizeof outcome);
  recorder_.attempt();
  if (!connect_tls(outcome)) {
    outcome.failure = tls_.failure();
    recorder_.record(outcome.failure);
    return outcome;
  }
  if (!mqtt_.connect(config_.mqtt, config_.answer_timeout_ms)) {
    outcome.failure = mqtt_.failure();
    recorder_.record(outcome.failure);
    tls_.close(kGoodbyeMs);
    return outcome;
  }
  outcome.connected = true;
  recorder_.connected();
  outcome.reported = report_pending(recorder_, mqtt_, config_.report_topic, config_.answer_timeout_ms);
  return outcome;
}

bool ReferenceDevice::connect_tls(ReferenceOutcome& outcome) {
  br_ssl_session_parameters session;
  const bool resume = config_.sessions != nullptr &&
                      config_.sessions->load(config_.session, session_binding(config_.tls), &session);
  const bool connected = tls_.connect(config_.tls, transport_, resume ? &session : nullptr);
  if (connected) learn(outcome);
  if (config_.sessions != nullptr) {
    // Learning has changed whom we trust, so the binding is a new one. A handshake that failed forgets the
    // session: perhaps it was the cause, and the next attempt starts without it. One that never began, as
    // there was no network, does not.
    if (connected && !tls_.resumed()) {
      tls_.session(&session);
      config_.sessions->keep(config_.session, session_binding(config_.tls), &session);
    }
    if (!connected && resume && tls_.failure().phase == Phase::tls)
      config_.sessions->keep(config_.session, 0, nullptr);
    wipe(&session, sizeof session);
  }
  return connected;
}

void ReferenceDevice::learn(ReferenceOutcome& outcome) {
  FingerprintX509* x509 = config_.fingerprint;
  if (x509 == nullptr || x509->match != FingerprintMatch::learned) return;
  outcome.learned = true;
  outcome.kept =
      config_.keep_learnt != nullptr && config_.keep_learnt(config_.learnt, x509->matched_slot, x509->seen);
  x509->slots[x509->matched_slot] = FingerprintSlot{SlotMode::key, x509->seen};
}

bool ReferenceDevice::stay(uint32_t seconds) {
  while (seconds != 0) {
    const uint32_t pause_s = seconds < kPingEveryS ? seconds : kPingEveryS;
    const bool alive =
        mqtt_.idle(pause_s * 1000) && (seconds <= kPingEveryS || mqtt_.ping(config_.answer_timeout_ms));
    if (!alive) {
      recorder_.record(mqtt_.failure());
      tls_.close(kGoodbyeMs);
      return false;
    }
    seconds -= pause_s;
  }
  return true;
}

void ReferenceDevice::leave() {
  mqtt_.disconnect(kGoodbyeMs);
}

}  // namespace device
}  // namespace tlswatch

#endif
