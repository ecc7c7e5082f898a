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

namespace {

bool is_folded(const event::Event& event) noexcept {
  const auto* const diagnosis = std::get_if<event::Diagnosis>(&event);
  return diagnosis != nullptr && diagnosis->folded;
}

}  // namespace

void Tools::write(const event::Event& event, log::LineBatch& lines) const {
  metrics.count(event);
  if (is_folded(event)) {
    if (store != nullptr) store->add(event, {});
    return;
  }
  const std::string_view line = json.line(event);
  const event::Header& header = event::header(event);
  if (store != nullptr) store->add(event, line);
  lines.add(line, {header.stream, header.epoch, header.sequence, header.part});
  console.show(event, line);
  live.stage(event, line);
}

void Tools::keep(const event::Event& event) const {
  metrics.recall(event);
  const event::Header& header = event::header(event);
  if (store == nullptr || store->holds(header.stream, header.epoch, header.sequence, header.part)) return;
  store->add(event, is_folded(event) ? std::string_view{} : json.line(event));
}

std::string Tools::trouble_text(const std::string& trouble) const {
  return "the event log " + file.path().string() + " cannot be written: " + trouble;
}

}  // namespace tlswatch::tlswatchd
