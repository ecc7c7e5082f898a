/* Stand-in: see ../README.md. */
#pragma once
#include "esp_err.h"
#ifdef __cplusplus
extern "C" {
#endif
uint32_t esp_get_free_heap_size(void);
#ifdef __cplusplus
}
#endif
