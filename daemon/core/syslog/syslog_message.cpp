#include "daemon/core/syslog/syslog_message.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tlswatch::syslog {
namespace {

constexpr std::uint8_t kMaxPriority = 191;  // RFC 5424 section 6.2.1

/// The words of a message, one after the other.
class Words {
 public:
  explicit Words(std::string_view rest) : rest_(rest) {}

  /// Up to the next space, which is skipped.
  std::string_view next() noexcept {
    const std::size_t space = rest_.find(' ');
    const std::string_view word = rest_.substr(0, space);
    rest_ = space == std::string_view::npos ? std::string_view() : rest_.substr(space + 1);
    return word;
  }
  std::string_view peek() const noexcept { return rest_.substr(0, rest_.find(' ')); }
  void skip_spaces() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
};

/// "<134>" at the beginning; false where what stands there is no priority.
bool take_priority(std::string_view& text, std::optional<std::uint8_t>& out) noexcept {
  if (!text.starts_with('<')) return true;
  std::uint8_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '>' || value > kMaxPriority)
    return false;
  out = value;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "Mmm dd hh:mm:ss " (RFC 3164 section 4.1.2), which is skipped.
std::string_view without_bsd_time(std::string_view text) noexcept {
  constexpr std::size_t kTime = 16;
  if (text.size() < kTime || std::ranges::find(kMonths, text.substr(0, 3)) == kMonths.end()) return text;
  const bool shape = text[3] == ' ' && text[6] == ' ' && text[9] == ':' && text[12] == ':' && text[15] == ' ';
  return shape ? text.substr(kTime) : text;
}

/// [name key="value" ...] one after the other (RFC 5424 section 6.3). False where a bracket stays open.
bool skip_structured_data(std::string_view& text) noexcept {
  while (text.starts_with('[')) {
    bool quoted = false;
    std::size_t at = 1;
    for (; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (text[at] == '"') quoted = !quoted;
      if (quoted && text[at] == '\\') ++at;
    }
    if (at >= text.size()) return false;
    text.remove_prefix(at + 1);
  }
  return true;
}

bool is_nil_or_id(std::string_view word) noexcept {
  return !word.empty() && !word.ends_with(':');
}

/// Behind APP-NAME: PROCID MSGID STRUCTURED-DATA, of which Tasmota leaves one out, and once glued the text to
/// the last dash.
std::optional<std::string_view> text_behind_app(Words words) noexcept {
  for (int field = 0; field < 2; ++field) {
    if (!is_nil_or_id(words.peek())) return words.rest();
    words.next();
  }
  std::string_view rest = words.rest();
  if (rest.starts_with('[')) {
    if (!skip_structured_data(rest)) return std::nullopt;
  } else if (rest.starts_with('-')) {
    rest.remove_prefix(1);
  }
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  constexpr std::string_view kBom = "\xEF\xBB\xBF";  // RFC 5424 section 6.4
  if (rest.starts_with(kBom)) rest.remove_prefix(kBom.size());
  return rest;
}

std::optional<SyslogMessage> read_5424(Words words, SyslogMessage out) noexcept {
  words.next();  // the version
  const std::string_view time = words.next();
  if (time != "-" && (time.size() < 10 || time[4] != '-')) return std::nullopt;
  out.outside_host = words.next();
  out.app = words.next();
  const auto text = text_behind_app(words);
  if (!text || out.outside_host.empty() || out.app.empty()) return std::nullopt;
  if (out.outside_host == "-") out.outside_host = {};
  out.text = *text;
  return out;
}

/// HOST TAG: text
std::optional<SyslogMessage> read_bsd(std::string_view text, SyslogMessage out) noexcept {
  Words words(without_bsd_time(text));
  out.outside_host = words.next();
  const std::string_view tag = words.next();
  if (out.outside_host.empty() || tag.size() < 2 || !tag.ends_with(':')) return std::nullopt;
  out.app = tag.substr(0, tag.size() - 1);
  words.skip_spaces();
  out.text = words.rest();
  return out;
}

}  // namespace

std::optional<SyslogMessage> read_message(std::string_view datagram) noexcept {
  if (datagram.size() > kMaxDatagram) return std::nullopt;
  SyslogMessage out;
  if (!take_priority(datagram, out.priority)) return std::nullopt;
  if (out.priority && datagram.starts_with("1 ")) return read_5424(Words(datagram), out);
  return read_bsd(datagram, out);
}

TasmotaText::TasmotaText(const SyslogMessage& message) noexcept {
  constexpr std::string_view kTag = "ESP-";
  constexpr std::string_view kBetween = ": ";
  const auto add = [this](std::string_view part) {
    const std::size_t n = std::min(part.size(), kMaxDatagram - size_);
    std::copy_n(part.begin(), n, text_ + size_);
    size_ += n;
  };
  if (message.app.starts_with(kTag)) {
    add(message.app.substr(kTag.size()));
    add(kBetween);
  }
  add(message.text);
}

}  // namespace tlswatch::syslog
