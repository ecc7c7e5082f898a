/* The module's settings, each with its default. Override one with -DNAME=value, or put yours into a file and
 * name that with -DTLSWATCH_CONFIG_FILE='"my_tlswatch_config.h"'. */
#ifndef TLSWATCH_CONFIG_H
#define TLSWATCH_CONFIG_H

#ifdef TLSWATCH_CONFIG_FILE
#include TLSWATCH_CONFIG_FILE
#endif

/* 1 where BearSSL is there: without it (ESP32) the TLS client is left out, the recorder does not need it. */
#ifndef TLSWATCH_HAS_BEARSSL
#define TLSWATCH_HAS_BEARSSL 1
#ifdef __has_include
#if !__has_include(<bearssl/bearssl.h>)
#undef TLSWATCH_HAS_BEARSSL
#define TLSWATCH_HAS_BEARSSL 0
#endif
#endif
#endif

/* 1 where constants may lie in flash that is read in whole words only (ESP8266): the report's text, 186
 * bytes, then takes no RAM, and 34 bytes of code more. 0 elsewhere. */
#ifndef TLSWATCH_WORD_FLASH
#ifdef ESP8266
#define TLSWATCH_WORD_FLASH 1
#else
#define TLSWATCH_WORD_FLASH 0
#endif
#endif

/* The section for such constants: one that the ESP8266's linker scripts put into flash. */
#ifndef TLSWATCH_WORD_FLASH_SECTION
#define TLSWATCH_WORD_FLASH_SECTION ".irom.text.tlswatch"
#endif

/* ESP8266: the first of 32 blocks of 4 bytes of RTC user memory, 32..96, as ESP.rtcUserMemoryRead counts
 * them. Blocks 0..31 are the boot loader's; Tasmota leaves 64..95 free. */
#ifndef TLSWATCH_RTC_BLOCK
#define TLSWATCH_RTC_BLOCK 64
#endif

/* ESP8266: 1 keeps the image in a file on LittleFS, too, which the sketch has mounted. 0: a power loss
 * forgets what was not reported. */
#ifndef TLSWATCH_FLASH_FILE
#define TLSWATCH_FLASH_FILE 0
#endif
#ifndef TLSWATCH_FLASH_PATH
#define TLSWATCH_FLASH_PATH "/tlswatch.bin"
#endif

/* ESP32: the NVS name space for the image, at most 15 characters; "" for no flash. The firmware has called
 * nvs_flash_init. */
#ifndef TLSWATCH_NVS_NAMESPACE
#define TLSWATCH_NVS_NAMESPACE "tlswatch"
#endif

#endif
