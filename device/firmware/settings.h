// What the device is told: settings.txt in the folder it is started in, a word and its value a line.
//
//   host NAME             for SNI and in the session's binding; the TCP connection is made outside
//   port N
//   server_name NAME      for SNI and the CA's check of the name; left out: none
//   id ID                 MQTT client id
//   user NAME, password TEXT
//   topic TOPIC           of the report; left out: tlswatch/report/ID
//   fingerprint SLOT      40 hex digits, learn or any; at most two lines. Left out: checked by CA (ca.bin)
//   clock UNIX            seconds since 1970; left out: not set
//   flash yes             there is flash (flash.bin); left out: there is none
//   session flash|rtc     where a session is kept for resumption; left out: nowhere
//   network no-name|no-port   the name cannot be resolved, the port not reached; left out: fine
//   timeout_ms N          for the handshake and for each answer; left out: 10000
//   stay SECONDS          connected, after the report; left out: 0
#ifndef TLSWATCH_FIRMWARE_SETTINGS_H
#define TLSWATCH_FIRMWARE_SETTINGS_H

#include <stdint.h>

#include "tlswatch_fingerprint.h"
#include "tlswatch_transport.h"

namespace tlswatch {
namespace firmware {

enum class SessionPlace : uint8_t { nowhere, flash, rtc };

struct Settings {
  const char* host;
  const char* server_name;
  const char* id;
  const char* user;
  const char* password;
  const char* topic;
  const char* fingerprints[device::kFingerprintSlots];
  unsigned fingerprints_used;
  uint16_t port;
  uint32_t clock_s;
  uint32_t timeout_ms;
  uint32_t stay_s;
  device::ConnectResult network;
  SessionPlace session;
  bool has_flash;
};

/// Reads settings.txt. Returns null, or the line that is of no use (or a sentence when it is the file).
/// Texts live in memory of this file's own;
/// fingerprints are not looked at, as a build that checks by CA has no code for them.
const char* read_settings(Settings& settings);

}  // namespace firmware
}  // namespace tlswatch

#endif
