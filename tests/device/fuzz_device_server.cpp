// What a server can send: the ServerHello and the MQTT reader over any bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tlswatch_mqtt.h"
#include "tlswatch_server_hello.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MqttReader reader;
  for (std::size_t i = 0; i < size; ++i) {
    if (reader.take(data[i]) == MqttReader::Result::packet && reader.packet().type > 15) std::abort();
  }
  const std::uint16_t mfln = server_hello_mfln(data, size);
  const bool known = mfln == 0 || mfln == 512 || mfln == 1024 || mfln == 2048 || mfln == 4096;
  if (!known) std::abort();
  return 0;
}
