#include "daemon/tlswatch/wrap.h"

namespace tlswatch::cli {
namespace {

constexpr std::size_t kIndent = 11;

}  // namespace

void append_field(std::string& out, std::string_view label, std::string_view text) {
  std::string line = "  " + std::string(label);
  line.resize(kIndent, ' ');
  bool empty = true;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    if (!empty && line.size() + 1 + word.size() > kColumns) {
      out += line + '\n';
      line.assign(kIndent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  out += line + '\n';
}

}  // namespace tlswatch::cli
