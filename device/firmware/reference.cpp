#include "reference.h"

#include "credentials.h"
#include "tlswatch_fingerprint_x509.h"
#include "tlswatch_learnt.h"
#include "variant.h"

namespace tlswatch {
namespace firmware {
namespace {

using namespace device;

constexpr uint16_t kRsaBitsMax = 2048;
constexpr uint16_t kKeepaliveSeconds = 20;
// More than the budget grants, so that a build above it is measured and does not overwrite others' memory.
constexpr size_t kStackBytes = 6144;
constexpr size_t kCheckBytes = 3328;

// What the firmware has for as long as it runs.
ReferenceConfig config;
Recorder the_recorder;
FingerprintX509 fingerprint;
CaTrust trust;
uint8_t in[tls_in_size(kMfln)];
uint8_t out[tls_out_size(kMfln)];
uint8_t scratch[kReportPacketMax];
br_x509_trust_anchor anchor;
// What it has while the handshake runs; a firmware may use it for something else at other times.
alignas(16) uint8_t handshake_stack[kStackBytes];
alignas(8) uint8_t check_memory[kCheckBytes];

}  // namespace

const char* configure(const Settings& settings, const Store& learnt, const Store& session) {
  TlsConfig& tls = config.tls;
  tls.host = settings.host;
  tls.port = settings.port;
  tls.server_name = settings.server_name;
  tls.suite = kSuite;
  if (kByFingerprint && settings.fingerprints_used != 0) {
    FingerprintSlot slots[kFingerprintSlots] = {};
    for (unsigned i = 0; i < settings.fingerprints_used; ++i) {
      if (!parse_fingerprint(settings.fingerprints[i], &slots[i])) return "a fingerprint is none";
    }
    fingerprint_x509_init(fingerprint, slots);
    apply_learnt(learnt, fingerprint.slots);
    tls.check = fingerprint_check(fingerprint);
    config.fingerprint = &fingerprint;
    config.keep_learnt = keep_learnt;
    config.learnt = learnt;
  } else if (kByCa) {
    trust.anchors = &anchor;
    trust.anchor_count = read_ca(&anchor) ? 1 : 0;
    trust.unix_s = settings.clock_s;
    tls.check = kCaCheck(trust);
  } else {
    return "this build checks by fingerprint, and the settings have none";
  }
  if (tls.check.memory_bytes > sizeof check_memory) return "the check needs more memory than kCheckBytes";
  tls.check_memory = check_memory;
  tls.stack = HandshakeStack{switch_stack_lx106, handshake_stack, sizeof handshake_stack};
  tls.rsa_bits_max = kRsaBitsMax;
  if (kHasClientKey) {
    if (!read_client_auth(&tls.client_auth)) return "chain.bin or key.bin is missing or broken";
    tls.client_auth_setup = kClientAuth;
  }
  tls.in = in;
  tls.in_size = sizeof in;
  tls.out = out;
  tls.out_size = sizeof out;
  tls.connect_timeout_ms = settings.timeout_ms;
  tls.handshake_timeout_ms = settings.timeout_ms;
  config.mqtt = MqttConnect{settings.id, settings.user, settings.password, kKeepaliveSeconds};
  config.report_topic = settings.topic;
  config.answer_timeout_ms = settings.timeout_ms;
  config.scratch = scratch;
  config.scratch_size = sizeof scratch;
  if (settings.session != SessionPlace::nowhere) {
    config.sessions = &kSessionKeeping;
    config.session = session;
  }
  return nullptr;
}

ReferenceDevice& reference_device(const Transport& transport) {
  static ReferenceDevice the_device(config, the_recorder, transport);
  return the_device;
}

Recorder& recorder() {
  return the_recorder;
}

}  // namespace firmware
}  // namespace tlswatch
