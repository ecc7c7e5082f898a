/* The ESP8266's port (Arduino core): RTC user memory, and a file on LittleFS if TLSWATCH_FLASH_FILE says so.
 */
#ifndef TLSWATCH_ESP8266_H
#define TLSWATCH_ESP8266_H

#include "../../src/tlswatch_port.h"

/* The port, for ever. RTC user memory at TLSWATCH_RTC_BLOCK (tlswatch_config.h). */
const tlswatch_port* tlswatch_esp8266_port();

#endif
