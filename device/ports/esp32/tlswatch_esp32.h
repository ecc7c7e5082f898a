/* The ESP32's port, for ESP-IDF and for Arduino: RTC memory that no boot initialises, and NVS. */
#ifndef TLSWATCH_ESP32_H
#define TLSWATCH_ESP32_H

#include "../../src/tlswatch_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The port, for ever. The firmware has called nvs_flash_init; the name space is TLSWATCH_NVS_NAMESPACE
 * (tlswatch_config.h, or Kconfig). */
const tlswatch_port* tlswatch_esp32_port(void);

#ifdef __cplusplus
}
#endif

#endif
