#include "daemon/tlswatch/wrap.h"

namespace tlswatch::cli {
namespace {

constexpr std::size_t kIndent = 11;

}  // namespace

void append_wrapped(std::string& out, std::string_view head, std::string_view text, const Screen& screen,
                    Style style) {
  const std::size_t indent = columns_of(head);
  const std::size_t limit = screen.text_columns();
  out += head;
  std::string line;
  std::size_t used = indent;
  const auto end_line = [&] {
    out += screen.paint(style, line) + '\n';
    line.clear();
    used = indent;
  };
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    const std::size_t width = columns_of(word);
    if (!line.empty() && used + 1 + width > limit) {
      end_line();
      out.append(indent, ' ');
    }
    if (!line.empty()) {
      line += ' ';
      ++used;
    }
    line += word;
    used += width;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  end_line();
}

void append_field(std::string& out, std::string_view label, std::string_view text) {
  append_wrapped(out, padded("  " + std::string(label), kIndent), text, Screen{});
}

}  // namespace tlswatch::cli
