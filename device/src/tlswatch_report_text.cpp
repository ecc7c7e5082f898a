#include "tlswatch_report_text.h"

#include "tlswatch_text.h"

namespace tlswatch {
namespace device {
namespace {

constexpr size_t kClosing = 2;  // "]}"

struct Ago {
  bool known;
  uint32_t seconds;
};

Ago ago(const Entry& entry, const ReportTimes& times) {
  switch (entry.time_kind) {
    case TimeKind::unix_time:
      // A clock that was set back since makes the difference meaningless, not negative.
      return {times.unix_s != 0 && times.unix_s >= entry.time, times.unix_s - entry.time};
    case TimeKind::uptime: return {times.uptime_s >= entry.time, times.uptime_s - entry.time};
    case TimeKind::unknown: return {false, 0};
  }
  return {false, 0};
}

void put_entry(Text& out, const Entry& entry, const ReportTimes& times) {
  out.put("{\"s\":\"");
  out.put(kStackNames[static_cast<size_t>(entry.failure.stack)]);
  out.put("\",\"seq\":");
  out.put(entry.seq);
  out.put(",\"ph\":\"");
  out.put(kPhaseNames[static_cast<size_t>(entry.failure.phase)]);
  out.put("\",\"c\":");
  out.put(entry.failure.code);
  out.put(",\"d\":");
  out.put(entry.failure.detail);
  out.put(",\"n\":");
  out.put(uint32_t{entry.count});
  out.put(",\"t\":");
  out.put(entry.time_kind == TimeKind::unix_time ? entry.time : uint32_t{0});
  const Ago age = ago(entry, times);
  if (age.known) {
    out.put(",\"ago\":");
    out.put(age.seconds);
  }
  out.put(",\"heap\":");
  out.put(entry.heap);
  out.put('}');
}

ReportText format(const Image& image, const ReportTimes& times, const char* firmware, char* buf, size_t n) {
  const ReportText nothing = {0, 0};
  if (n <= kClosing) return nothing;
  const Entry first = image_entry(image, 0);
  Text out(buf, n - kClosing);
  out.put("{\"v\":");
  out.put(int32_t{kReportVersion});
  out.put(",\"era\":");
  out.put(first.era);
  out.put(",\"boot\":");
  out.put(image.boots);
  out.put(",\"fw\":\"");
  out.put_plain(firmware, kFirmwareMax);
  out.put("\",\"up\":");
  out.put(times.uptime_s);
  out.put(",\"errs\":[");

  uint8_t entries = 0;
  for (size_t i = 0; i < image.used; ++i) {
    const Entry entry = image_entry(image, i);
    if (entry.prior != first.prior) break;  // one era a report
    const size_t whole = out.size;
    if (i != 0) out.put(',');
    put_entry(out, entry, times);
    if (out.overflow) {
      out.size = whole;
      break;
    }
    ++entries;
  }
  if (entries == 0) return nothing;
  out.overflow = false;
  out.room = n;
  out.put("]}");
  return {out.size, entries};
}

}  // namespace

ReportText format_report_text(const Image& image, const ReportTimes& times, const char* firmware, char* buf,
                              size_t n) {
  if (image.used == 0) return {0, 0};
  const ReportText full = format(image, times, firmware, buf, n);
  return full.entries != 0 ? full : format(image, times, "", buf, n);
}

}  // namespace device
}  // namespace tlswatch
