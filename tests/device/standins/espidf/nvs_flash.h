/* Stand-in: see ../README.md. */
#pragma once
#include "esp_err.h"
#ifdef __cplusplus
extern "C"
#endif
    esp_err_t
    nvs_flash_init(void);
