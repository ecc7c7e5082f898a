// What the recorder takes of a device, measured, into recorder_cost.json:
//
//   rtc    bytes of memory that survives a reset: all that it asks its port for
//   ram    bytes of the object
//   others bytes of stack that the call of that name needs, run on a painted stack of its own
//
// A call's stack lies below the caller's frame (its arguments are the caller's) and is a multiple of 16, as
// every frame is. The port's functions are in it: here they copy from memory, so their share is little. Exit
// status 0 done, 1 a file could not be written. The report that it formatted is in report.json.
#include <string.h>

#include "file.h"
#include "json.h"
#include "tlswatch_handshake_stack.h"
#include "tlswatch_recorder.h"

namespace tlswatch {
namespace firmware {
namespace {

using namespace device;

constexpr size_t kTopicBytes = 24;

alignas(16) uint8_t stack[2048];
uint8_t rtc[kImageBytes];
uint8_t flash[kImageBytes];
Recorder recorder;
char report[kReportMax];
size_t report_size;
uint32_t now_s;

bool load(void*, tlswatch_memory memory, void* image) {
  memcpy(image, memory == TLSWATCH_RTC ? rtc : flash, kImageBytes);
  return true;
}

bool save(void*, tlswatch_memory memory, const void* image) {
  memcpy(memory == TLSWATCH_RTC ? rtc : flash, image, kImageBytes);
  return true;
}

uint32_t random32(void*) {
  return 2882400001u;
}

void vitals(void*, tlswatch_vitals* now) {
  *now = {now_s, 7, 20000};
}

const RecorderPort kPort = {nullptr, load, save, random32, vitals};

uintptr_t caller_sp;

// To be used in the function that calls the recorder: below its frame everything is the recorder's.
inline void note_caller() {
  asm volatile("mov %0, a1" : "=r"(caller_sp));
}

void begin(void*) {
  note_caller();
  recorder.begin(kPort, "14.2.0.1(stack)");
}

void record(void* code) {
  note_caller();
  recorder.record(Stack::bearssl, Phase::tls, *static_cast<const int32_t*>(code), -100000);
}

void connected(void*) {
  note_caller();
  recorder.connected();
}

void format(void*) {
  note_caller();
  report_size = recorder.format_report(report, sizeof report - kTopicBytes, 1);
}

void acknowledged(void*) {
  note_caller();
  recorder.acknowledged(1);
}

size_t stack_of(void (*call)(void*), void* argument) {
  const HandshakeStack painted = {switch_stack_lx106, stack, sizeof stack};
  paint_stack(painted);
  switch_stack_lx106(stack, sizeof stack, call, argument);
  const uintptr_t top = reinterpret_cast<uintptr_t>(stack) + sizeof stack;
  const uintptr_t deepest = (top - painted_stack_used(painted)) & ~uintptr_t{15};
  return caller_sp - deepest;
}

class Table {
 public:
  void measure(const char* name, void (*call)(void*), void* argument = nullptr) {
    json_.key(name);
    json_.natural(static_cast<uint32_t>(stack_of(call, argument)));
  }
  bool save() {
    json_.key("rtc");
    json_.natural(kImageBytes);
    json_.key("ram");
    json_.natural(sizeof recorder);
    return json_.save("recorder_cost.json");
  }

 private:
  Json json_;
};

bool measure_all() {
  Table table;
  memset(rtc, 0x5A, sizeof rtc);
  memset(flash, 0xC3, sizeof flash);
  table.measure("begin, both memories foreign", begin);
  int32_t code = 62;
  table.measure("record, with flash", record, &code);
  table.measure("record, again", record, &code);
  memset(rtc, 0, sizeof rtc);
  table.measure("begin, restored from flash", begin);
  now_s = 1795366544u;
  for (code = -1005; code < -999; ++code) table.measure("record, another", record, &code);
  table.measure("format_report", format);
  table.measure("acknowledged", acknowledged);
  table.measure("connected", connected);
  return table.save() && write_file("report.json", report, report_size);
}

}  // namespace
}  // namespace firmware
}  // namespace tlswatch

extern "C" int main() {
  return tlswatch::firmware::measure_all() ? 0 : 1;
}
