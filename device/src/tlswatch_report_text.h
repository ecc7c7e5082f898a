// Formats a report from an image: values in, text out. The layout is tlswatch_report.h's.
#ifndef TLSWATCH_REPORT_TEXT_H
#define TLSWATCH_REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "tlswatch_image.h"

namespace tlswatch {
namespace device {

/// When the report is made.
struct ReportTimes {
  uint32_t unix_s;  ///< 0 while the clock is not set
  uint32_t uptime_s;
};

struct ReportText {
  size_t size;      ///< bytes of text, 0 when there is nothing or no room
  uint8_t entries;  ///< how many of the oldest entries it carries
};

/// Formats the oldest entries of one era, as many as fit into n bytes. `image` must be good (image_check).
/// Writes within [buf, buf + n) only; no NUL at the end.
ReportText format_report_text(const Image& image, const ReportTimes& times, const char* firmware, char* buf,
                              size_t n);

}  // namespace device
}  // namespace tlswatch

#endif
