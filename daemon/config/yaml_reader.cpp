#include "daemon/config/yaml_reader.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "daemon/core/text/utf8.h"

namespace tlswatch::config {
namespace {

/// Bytes of a configuration file at most: a device or a log by mistake is told at once.
constexpr std::size_t kMaxFile = 4 * 1024 * 1024;

std::string quoted(std::string_view text) {
  return "`" + text::to_utf8(text, 80) + "`";
}

std::string joined(const auto& names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

std::string kind_of(const Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (node.IsScalar()) return quoted(node.Scalar());
  return "nothing";
}

template <typename T>
std::optional<T> parse(std::string_view text) {
  T out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr Unit kUnits[] = {
    {"", 1},       {"B", 1},          {"KiB", 1ULL << 10},  {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30},
    {"KB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse<std::uint64_t>(text.substr(0, digits));
  std::string_view unit = text.substr(digits);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const auto row = std::ranges::find(kUnits, unit, &Unit::name);
  if (!number || row == std::end(kUnits) || *number > UINT64_MAX / row->bytes) return std::nullopt;
  return *number * row->bytes;
}

std::string size_text(std::uint64_t bytes) {
  for (const Unit& unit : {kUnits[4], kUnits[3], kUnits[2]}) {
    if (bytes >= unit.bytes && bytes % unit.bytes == 0)
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
  }
  return std::to_string(bytes);
}

struct TimeUnit {
  std::string_view name;
  std::uint64_t seconds;
};
constexpr TimeUnit kTimeUnits[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};

std::optional<std::uint64_t> parse_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse<std::uint64_t>(text.substr(0, digits));
  const auto row = std::ranges::find(kTimeUnits, text.substr(digits), &TimeUnit::name);
  if (!number || row == std::end(kTimeUnits) || *number > UINT64_MAX / row->seconds) return std::nullopt;
  return *number * row->seconds;
}

std::string duration_text(std::uint64_t seconds) {
  for (const TimeUnit& unit : kTimeUnits) {
    if (seconds % unit.seconds == 0) return std::to_string(seconds / unit.seconds) + std::string(unit.name);
  }
  return std::to_string(seconds) + "s";
}

}  // namespace

std::string to_text(const Error& error) {
  std::string out = error.file;
  if (error.line > 0) out += ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
  return out + ": " + error.text;
}

std::optional<Node> Reader::load() {
  std::ifstream in(file_, std::ios::binary);
  if (!in) {
    errors_.push_back({file_, 0, 0, std::string("cannot be opened: ") + std::strerror(errno)});
    return std::nullopt;
  }
  std::string text(kMaxFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (in.bad()) {
    errors_.push_back({file_, 0, 0, "cannot be read: is it a file?"});
    return std::nullopt;
  }
  if (text.size() > kMaxFile) {
    errors_.push_back({file_, 0, 0, "is longer than " + size_text(kMaxFile)});
    return std::nullopt;
  }
  try {
    Node node = YAML::Load(text);
    if (node.IsMap()) return node;
    fail(node, "the file must be a map of keys, and is " + kind_of(node));
  } catch (const YAML::Exception& e) {
    errors_.push_back({file_, e.mark.line + 1, e.mark.column + 1, "no valid YAML: " + e.msg});
  }
  return std::nullopt;
}

void Reader::fail(const Node& at, std::string text) {
  const YAML::Mark mark = at.Mark();
  errors_.push_back({file_, mark.line + 1, mark.column + 1, std::move(text)});
}

void Reader::map(const Node& node, std::string_view what, const std::vector<Key>& keys) {
  if (!node.IsMap()) return fail(node, std::string(what) + " must be a map of keys, and is " + kind_of(node));
  std::vector<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      fail(entry.first, "a key must be a word");
      continue;
    }
    const std::string name = entry.first.Scalar();
    if (std::ranges::find(seen, name) != seen.end()) {
      fail(entry.first, "the key " + quoted(name) + " stands here twice; keep one");
      continue;
    }
    seen.push_back(name);
    const auto key = std::ranges::find(keys, name, &Key::name);
    if (key != keys.end()) {
      key->read(entry.second);
      continue;
    }
    std::vector<std::string_view> known;
    for (const Key& k : keys) known.push_back(k.name);
    fail(entry.first,
         "unknown key " + quoted(name) + " in " + std::string(what) + "; known are " + joined(known));
  }
  for (const Key& key : keys) {
    if (!key.required || std::ranges::find(seen, key.name) != seen.end()) continue;
    fail(node, std::string(what) + " needs the key `" + std::string(key.name) + "`");
  }
}

void Reader::list(const Node& node, std::string_view what, const std::function<void(const Node&)>& read,
                  bool or_one) {
  if (or_one && node.IsScalar()) return read(node);
  if (!node.IsSequence()) {
    return fail(node, std::string(what) + " must be a list, such as [a, b], and is " + kind_of(node));
  }
  for (const auto& item : node) read(item);
}

std::optional<std::string> Reader::text(const Node& node, std::string_view what, std::size_t most) {
  if (!node.IsScalar() || node.Scalar().empty()) {
    fail(node, std::string(what) + " must be a text, and is " + kind_of(node));
    return std::nullopt;
  }
  if (node.Scalar().size() <= most && text::is_clean(node.Scalar())) return node.Scalar();
  fail(node, std::string(what) + " must be one line of at most " + std::to_string(most) + " bytes in UTF-8");
  return std::nullopt;
}

std::optional<std::int64_t> Reader::integer(const Node& node, std::string_view what, std::int64_t least,
                                            std::int64_t most) {
  const auto value = node.IsScalar() ? parse<std::int64_t>(node.Scalar()) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  fail(node, std::string(what) + " must be a whole number from " + std::to_string(least) + " to " +
                 std::to_string(most) + ", and is " + kind_of(node));
  return std::nullopt;
}

std::optional<double> Reader::real(const Node& node, std::string_view what, double least, double most) {
  const auto value = node.IsScalar() ? parse<double>(node.Scalar()) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  fail(node, std::string(what) + " must be a number from " + std::to_string(static_cast<int>(least)) +
                 " to " + std::to_string(static_cast<int>(most)) + ", and is " + kind_of(node));
  return std::nullopt;
}

std::optional<bool> Reader::boolean(const Node& node, std::string_view what) {
  if (node.IsScalar() && node.Scalar() == "true") return true;
  if (node.IsScalar() && node.Scalar() == "false") return false;
  fail(node, std::string(what) + " must be true or false, and is " + kind_of(node));
  return std::nullopt;
}

std::optional<std::uint64_t> Reader::size(const Node& node, std::string_view what, std::uint64_t least,
                                          std::uint64_t most) {
  const auto value = node.IsScalar() ? parse_size(node.Scalar()) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  fail(node, std::string(what) + " must be a size such as 64MiB, from " + size_text(least) + " to " +
                 size_text(most) + ", and is " + kind_of(node));
  return std::nullopt;
}

std::optional<std::uint64_t> Reader::duration_s(const Node& node, std::string_view what, std::uint64_t least,
                                                std::uint64_t most) {
  const auto value = node.IsScalar() ? parse_duration(node.Scalar()) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  fail(node, std::string(what) + " must be a time such as 30d, from " + duration_text(least) + " to " +
                 duration_text(most) + ", and is " + kind_of(node));
  return std::nullopt;
}

std::optional<std::size_t> Reader::choice(const Node& node, std::string_view what,
                                          const std::vector<std::string_view>& names) {
  if (node.IsScalar()) {
    const auto found = std::ranges::find(names, node.Scalar());
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  fail(node, std::string(what) + " must be one of " + joined(names) + ", and is " + kind_of(node));
  return std::nullopt;
}

std::optional<std::string> Reader::listen_address(const Node& node, std::string_view what) {
  if (node.IsScalar()) {
    const std::string& value = node.Scalar();
    const std::size_t colon = value.rfind(':');
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : parse<std::uint16_t>(std::string_view(value).substr(colon + 1));
    if (port && *port != 0 && colon != 0) return value;
  }
  fail(node,
       std::string(what) + " must be ADDRESS:PORT, such as \"127.0.0.1:9883\", and is " + kind_of(node));
  return std::nullopt;
}

std::vector<std::string> Reader::texts(const Node& node, std::string_view what) {
  std::vector<std::string> out;
  list(
      node, what,
      [&](const Node& item) {
        if (auto value = text(item, what)) out.push_back(std::move(*value));
      },
      true);
  return out;
}

}  // namespace tlswatch::config
