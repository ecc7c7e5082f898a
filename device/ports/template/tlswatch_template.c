/* A blank port. Copy it, and fill in what stands behind each "here": until then nothing outlives a reset, but
 * what it says is true.
 *
 *   1. load and save: 128 bytes that survive a reset. Which they are after a power loss does not matter: the
 *      recorder trusts nothing but its own checksum. Memory that the start-up code clears is of no use: look
 * for
 *      ".noinit", backup registers, or retention RAM in your chip's manual.
 *   2. TLSWATCH_FLASH: 128 bytes that survive a power loss, or false. Written at most once an hour.
 *   3. random32: from the hardware. A fixed seed gives two errors one name.
 *   4. vitals: what is not known is 0.
 *
 * Test it so: record an error, reset, and see that the recorder's pending() is 1; cut the power, and see it 1
 * with flash, 0 without. */
#include "tlswatch_template.h"

#include <string.h>

static uint32_t rtc[TLSWATCH_IMAGE_BYTES / 4]; /* here: keep the start-up code from clearing it */

static bool load(void* context, tlswatch_memory memory, void* image) {
  (void)context;
  if (memory == TLSWATCH_FLASH) return false; /* here: read flash */
  memcpy(image, rtc, sizeof rtc);
  return true;
}

static bool save(void* context, tlswatch_memory memory, const void* image) {
  (void)context;
  if (memory == TLSWATCH_FLASH) return false; /* here: write flash */
  memcpy(rtc, image, sizeof rtc);
  return true;
}

static uint32_t random32(void* context) {
  (void)context;
  return 0; /* here: the hardware's random numbers */
}

static void vitals(void* context, tlswatch_vitals* now) {
  (void)context;
  now->unix_s = 0;    /* here: the clock */
  now->uptime_s = 0;  /* here: seconds since boot */
  now->free_heap = 0; /* here: free memory */
}

static const tlswatch_port port = {NULL, load, save, random32, vitals};

const tlswatch_port* tlswatch_template_port(void) {
  return &port;
}
