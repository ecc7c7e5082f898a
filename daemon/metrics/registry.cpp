#include "daemon/metrics/registry.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace tlswatch::metrics {
namespace {

/// Stands in no label value: those are words of ours and clean names of the configuration.
constexpr char kSeparator = '\x1f';

std::size_t index_of(Id id) noexcept {
  return static_cast<std::size_t>(id);
}

void join(std::string& out, Registry::Values values) {
  out.clear();
  bool first = true;
  for (const std::string_view value : values) {
    if (!std::exchange(first, false)) out += kSeparator;
    out += value;
  }
}

std::string_view type_name(Type type) noexcept {
  switch (type) {
    case Type::counter: return "counter";
    case Type::gauge: return "gauge";
    case Type::histogram: return "histogram";
  }
  return "untyped";
}

/// Whole numbers stand as such, so that people can read and compare them.
void append_number(std::string& out, double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  std::array<char, 32> text{};
  const bool whole = std::floor(value) == value && std::abs(value) <= kExact;
  const auto done = whole ? std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(value))
                          : std::to_chars(text.begin(), text.end(), value);
  out.append(text.data(), done.ptr);
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '"')
      out += "\\\"";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

/// `broker="edge-1",listener="8883"`; empty for a metric without labels.
std::string labels_text(const Family& family, std::string_view key) {
  std::string out;
  for (const std::string_view name : family.labels()) {
    const std::size_t end = std::min(key.find(kSeparator), key.size());
    if (!out.empty()) out += ',';
    out.append(name).append("=\"");
    append_escaped(out, key.substr(0, end));
    out += '"';
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return out;
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels,
                   double value) {
  out.append(name).append(suffix);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out += ' ';
  append_number(out, value);
  out += '\n';
}

}  // namespace

Registry::Registry() : cells_(families().size()) {}

Registry::Cell& Registry::cell(Id id, Values values) {
  join(key_, values);
  Cells& cells = cells_[index_of(id)];
  const auto found = cells.find(key_);
  if (found != cells.end()) return found->second;
  const std::size_t limit = families()[index_of(id)].limit;
  const bool last_is_for_others = values.size() != 0 && limit > 1;
  if (last_is_for_others && cells.size() + 1 >= limit) {
    ++cells_[index_of(Id::series_folded)][""].value;
    key_.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) key_ += kSeparator;
      key_ += kOther;
    }
  }
  return cells[key_];
}

void Registry::add(Id id, Values values, double by) {
  cell(id, values).value += by;
}

void Registry::set(Id id, Values values, double value) {
  cell(id, values).value = value;
}

void Registry::observe(Id id, Values values, double value) {
  Cell& at = cell(id, values);
  at.value += value;
  const auto* const bucket = std::ranges::lower_bound(kBuckets, value);
  ++at.buckets[static_cast<std::size_t>(bucket - kBuckets.begin())];
}

void Registry::zero(Id id) {
  for (auto& [key, cell] : cells_[index_of(id)]) cell = {};
}

void Registry::remove(Id id, Values values) {
  join(key_, values);
  cells_[index_of(id)].erase(key_);
}

std::size_t Registry::series() const noexcept {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) sum += cells_[i].size() * families()[i].series_each();
  return sum;
}

std::string Registry::render() const {
  std::string out;
  for (const Family& family : families()) {
    out.append("# HELP ").append(family.name).append(" ").append(family.help).append("\n");
    out.append("# TYPE ").append(family.name).append(" ").append(type_name(family.type)).append("\n");
    for (const auto& [key, cell] : cells_[index_of(family.id)]) {
      const std::string labels = labels_text(family, key);
      if (family.type != Type::histogram) {
        append_sample(out, family.name, "", labels, cell.value);
        continue;
      }
      std::uint64_t below = 0;
      for (std::size_t i = 0; i <= kBuckets.size(); ++i) {
        below += cell.buckets[i];
        std::string with_bound = labels + ",le=\"";
        if (i == kBuckets.size())
          with_bound += "+Inf";
        else
          append_number(with_bound, kBuckets[i]);
        append_sample(out, family.name, "_bucket", with_bound + "\"", static_cast<double>(below));
      }
      append_sample(out, family.name, "_sum", labels, cell.value);
      append_sample(out, family.name, "_count", labels, static_cast<double>(below));
    }
  }
  return out;
}

}  // namespace tlswatch::metrics
