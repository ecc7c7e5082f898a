// Arduino compiles what lies in src/, and nothing else: the chip's port comes in here.
#if defined(ARDUINO) && defined(ESP8266)
#include "../ports/esp8266/tlswatch_esp8266.cpp"
#elif defined(ARDUINO) && defined(ESP32)
#include "../ports/esp32/tlswatch_esp32.cpp"
#endif
