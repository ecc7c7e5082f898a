/* What the recorder needs of a device: C and C++. ports/ has it for the ESP8266, the ESP32 and a host, and a
 * blank one to start from.
 *
 * Plain functions, each given `context`; all must be set. The struct must outlive the recorder. None may call
 * the recorder. */
#ifndef TLSWATCH_PORT_H
#define TLSWATCH_PORT_H

#include <stdbool.h> /* NOLINT(modernize-deprecated-headers) */
#include <stddef.h>  /* NOLINT(modernize-deprecated-headers) */
#include <stdint.h>  /* NOLINT(modernize-deprecated-headers) */

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an image, the same in either memory. */
#define TLSWATCH_IMAGE_BYTES 128

typedef enum {
  TLSWATCH_RTC,  /* survives a reset; written at each failed attempt */
  TLSWATCH_FLASH /* survives a power loss; written for a code that it does not hold, at most once an hour */
} tlswatch_memory;

typedef struct {
  uint32_t unix_s;    /* seconds since 1970; anything before 2004 counts as a clock that is not set */
  uint32_t uptime_s;  /* seconds since this boot */
  uint32_t free_heap; /* bytes */
} tlswatch_vitals;

typedef struct {
  void* context;
  /* Reads an image of TLSWATCH_IMAGE_BYTES, aligned for words. False where there is no such memory, or
   * reading failed: taken as a memory that was never written. */
  bool (*load)(void* context, tlswatch_memory memory, void* image);
  /* Writes one. False is of no consequence: an image that cannot be read back is found out then. */
  bool (*save)(void* context, tlswatch_memory memory, const void* image);
  /* Random from the hardware. A generator with a fixed seed breaks the promise that (era, seq) names an error
   * for ever. */
  uint32_t (*random32)(void* context);
  void (*vitals)(void* context, tlswatch_vitals* now);
} tlswatch_port;

#ifdef __cplusplus
}
#endif

#endif
