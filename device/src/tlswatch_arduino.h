// All that an Arduino sketch includes: the recorder, the chip's port, and what a library without QoS 1 needs.
// Include it last, behind the core's and the libraries' headers.
#ifndef TLSWATCH_ARDUINO_H
#define TLSWATCH_ARDUINO_H

#include "../ports/arduino/tlswatch_watched_client.h"
#include "tlswatch_codes.h"
#include "tlswatch_recorder.h"

#if defined(ESP8266)
#include "../ports/esp8266/tlswatch_esp8266.h"
inline const tlswatch_port& tlswatch_chip_port() {
  return *tlswatch_esp8266_port();
}
#elif defined(ESP32)
#include "../ports/esp32/tlswatch_esp32.h"
inline const tlswatch_port& tlswatch_chip_port() {
  return *tlswatch_esp32_port();
}
#endif

#endif
