#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/core/syslog/syslog_message.h"
#include "daemon/core/tasmota_log/tasmota_line.h"

/// Any bytes as a datagram, and as a line of Tasmota's: bounded, and every view within them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tlswatch;
  const std::string_view datagram(reinterpret_cast<const char*>(data), size);
  const auto check = [](std::string_view text) {
    const auto line = tasmota_log::read_line(text);
    if (!line || line->outside_detail.empty()) return;
    const char* const end = text.data() + text.size();
    if (line->outside_detail.data() < text.data() ||
        line->outside_detail.data() + line->outside_detail.size() > end)
      std::abort();
  };
  check(datagram);
  const auto message = syslog::read_message(datagram);
  if (!message) return 0;
  if (message->priority && *message->priority > 191) std::abort();
  const syslog::TasmotaText text(*message);
  if (text.view().size() > syslog::kMaxDatagram) std::abort();
  check(text.view());
  return 0;
}
