#include "daemon/tlswatchd/tools.h"

#include <cstdio>

namespace tlswatch::tlswatchd {

void Console::show(const event::Event& event, std::string_view line) const {
  if (form_ == config::Console::off) return;
  if (form_ == config::Console::json) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    return;
  }
  const event::Header& header = event::header(event);
  std::string text(header.broker);
  text.append(": ").append(header.message) += '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Tools::write(const event::Event& event, log::LineBatch& lines) const {
  metrics.count(event);
  const auto* const diagnosis = std::get_if<event::Diagnosis>(&event);
  if (diagnosis != nullptr && diagnosis->folded) return;
  const std::string_view line = json.line(event);
  const event::Header& header = event::header(event);
  lines.add(line, {header.stream, header.epoch, header.sequence, header.part});
  console.show(event, line);
}

std::string Tools::trouble_text(const std::string& trouble) const {
  return "the event log " + file.path().string() + " cannot be written: " + trouble;
}

}  // namespace tlswatch::tlswatchd
