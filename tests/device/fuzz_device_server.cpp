// What a server can send: the ServerHello watch and the MQTT reader over any bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tlswatch_mqtt.h"
#include "tlswatch_server_hello.h"

using namespace tlswatch::device;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ServerHelloWatch at_once;
  ServerHelloWatch byte_by_byte;
  at_once.feed(data, size);
  MqttReader reader;
  for (std::size_t i = 0; i < size; ++i) {
    byte_by_byte.feed(data + i, 1);
    if (reader.take(data[i]) == MqttReader::Result::packet && reader.packet().type > 15) std::abort();
  }
  const std::uint16_t mfln = at_once.mfln();
  const bool known = mfln == 0 || mfln == 512 || mfln == 1024 || mfln == 2048 || mfln == 4096;
  if (!known || byte_by_byte.mfln() != mfln) std::abort();
  return 0;
}
