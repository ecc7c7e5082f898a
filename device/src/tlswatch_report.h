// The device report: one PUBLISH to tlswatch/report/<client id>, and the constants of its layout.
//
//   {"v":1,"era":2882400001,"boot":17,"fw":"14.2","up":93,"errs":[
//     {"s":"bearssl","seq":5,"ph":"tls","c":62,"d":0,"n":12,"t":1795366544,"ago":31,"heap":9120}]}
//
// (era, seq) names an error for ever: era is drawn at random whenever the storage was invalid, seq counts
// within it, so a report that comes twice (a reboot between PUBLISH and PUBACK) is recognised by whoever
// reads it. A report carries one era; errors that outlived a power loss keep theirs and go in a report of
// their own.
//
// Whoever reads reports includes this header: it compiles as C++11 without a standard library, and as C++20.
#ifndef TLSWATCH_REPORT_H
#define TLSWATCH_REPORT_H

#include <stddef.h>  // NOLINT(modernize-deprecated-headers)
#include <stdint.h>  // NOLINT(modernize-deprecated-headers)

namespace tlswatch {
namespace device {

constexpr int kReportVersion = 1;

/// Bytes of a whole report PUBLISH, topic and MQTT framing included: what fits into PubSubClient's 256-byte
/// buffer, which counts 5 bytes of header and the topic's 2 length bytes against the payload.
constexpr size_t kReportPacketMax = 256;
constexpr size_t kReportFraming = 7;
/// Bytes of topic and payload together.
constexpr size_t kReportMax = kReportPacketMax - kReportFraming;

/// Distinct errors a device remembers; the seventh pushes out the oldest.
constexpr size_t kReportEntriesMax = 6;
/// Characters of the firmware's version in a report: more leave no room for an error beside them.
constexpr size_t kFirmwareMax = 24;
/// The topic is this prefix and the MQTT client id.
constexpr char kReportTopicPrefix[] = "tlswatch/report/";

/// Where a code comes from: without it the number means several things.
enum class Stack : uint8_t { tasmota, bearssl, mbedtls, wolfssl, openssl, esp_tls };
constexpr size_t kStackCount = 6;

/// How far the connection had come when it failed.
enum class Phase : uint8_t { dns, tcp, tls, mqtt };
constexpr size_t kPhaseCount = 4;

/// Names on the wire ("s" and "ph"), by the enum's value.
constexpr const char* kStackNames[kStackCount] = {"tasmota", "bearssl", "mbedtls",
                                                  "wolfssl", "openssl", "esp-tls"};
constexpr const char* kPhaseNames[kPhaseCount] = {"dns", "tcp", "tls", "mqtt"};

/// The largest |d|: details are kept in 22 bits, more than mbedTLS's 20 verify flags, every MQTT state and
/// every X.509 result take.
constexpr int32_t kDetailMax = (1 << 21) - 1;

/// What went wrong, before it is remembered.
struct Failure {
  Stack stack;
  Phase phase;
  int32_t code;
  int32_t detail;  ///< MQTT state, verify flags; 0 where there is nothing to add
};

}  // namespace device
}  // namespace tlswatch

#endif
