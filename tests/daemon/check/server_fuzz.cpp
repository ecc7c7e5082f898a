#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/check/fingerprint.h"
#include "daemon/check/mqtt_echo.h"
#include "daemon/check/observer.h"

/// Any bytes as what a server sends to a check: as handshake messages (each with its length before it),
/// record headers, MQTT, and a certificate file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  check::Observer observer;
  wire::Cursor c({data, size});
  while (c.ok() && c.left() != 0) {
    observer.record_header(c.take(5));
    observer.handshake_message(c.vector16());
  }
  if (observer.heard().chain.size() > check::kMaxChain) std::abort();

  check::MqttEcho echo({"id"}, "t");
  for (std::size_t at = 0; at < size && !echo.done(); at += 3) {
    echo.take({data + at, std::min<std::size_t>(3, size - at)});
    if (echo.take_outgoing().size() > check::kMaxPacket) std::abort();
  }
  const check::Der der = check::first_certificate_of({reinterpret_cast<const char*>(data), size});
  if (!der.empty()) check::fingerprints(der);
  return 0;
}
