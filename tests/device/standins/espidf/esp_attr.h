/* Stand-in: see ../README.md. */
#pragma once
#define RTC_NOINIT_ATTR
