#include "result.h"

#include <stdint.h>

#include "json.h"
#include "link.h"
#include "stack.h"
#include "variant.h"

namespace tlswatch {
namespace firmware {
namespace {

using namespace device;

const char* const kStacks[] = {"tasmota", "bearssl", "mbedtls", "wolfssl", "openssl", "esp-tls"};
const char* const kPhases[] = {"dns", "tcp", "tls", "mqtt"};

}  // namespace

bool write_result(const ReferenceOutcome& outcome, const TlsClient& tls) {
  const bool established = tls.cipher_suite() != 0;
  Json json;
  json.key("connected");
  json.boolean(outcome.connected);
  json.key("code");
  json.integer(outcome.connected ? 0 : outcome.failure.code);
  json.key("mfln");
  tls.mfln() != 0 ? json.natural(tls.mfln()) : json.null();
  json.key("cipher");
  established ? json.text(kCipher) : json.null();
  json.key("handshake_ms");
  established ? json.natural(tls.handshake_ms()) : json.null();
  json.key("resumed");
  json.boolean(tls.resumed());
  json.key("reported");
  json.natural(static_cast<uint32_t>(outcome.reported));
  if (!outcome.connected) {
    json.key("stack");
    json.text(kStacks[static_cast<size_t>(outcome.failure.stack)]);
    json.key("phase");
    json.text(kPhases[static_cast<size_t>(outcome.failure.phase)]);
    json.key("detail");
    json.integer(outcome.failure.detail);
  }
  json.key("learned");
  json.boolean(outcome.learned && outcome.kept);
  json.key("handshake_stack");
  json.natural(static_cast<uint32_t>(tls.handshake_stack_used()));
  json.key("main_stack");
  json.natural(lx106::main_stack_used());
  json.key("ticks");
  const uint32_t sent = lx106::ticks_at_first_data();
  sent != 0 ? json.natural(sent - lx106::ticks_at_connect()) : json.null();
  return json.save("result.json");
}

}  // namespace firmware
}  // namespace tlswatch
