#include "sanitizer.h"

namespace tlswatch::harness {

std::map<std::string, std::string> sanitizer_environment_for_broker() {
  const std::string preload = TLSWATCH_PRELOAD_FILE;
  if (preload.empty()) return {};
  return {{"LD_PRELOAD", preload},
          {"ASAN_OPTIONS", "detect_leaks=0:verify_asan_link_order=0:abort_on_error=0:exitcode=99"},
          {"UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1"}};
}

std::string preload(const std::string& library) {
  const std::string runtime = TLSWATCH_PRELOAD_FILE;
  return runtime.empty() ? library : runtime + ":" + library;
}

std::string_view sanitizer_report(std::string_view errors) {
  for (const std::string_view mark : {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:",
                                      "WARNING: ThreadSanitizer", "AddressSanitizer:DEADLYSIGNAL"}) {
    const std::size_t at = errors.find(mark);
    if (at != std::string_view::npos) return errors.substr(at, 4000);
  }
  return {};
}

}  // namespace tlswatch::harness
