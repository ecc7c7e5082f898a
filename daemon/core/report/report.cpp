#include "daemon/core/report/report.h"

#include <limits>
#include <type_traits>
#include <utility>

#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>

#include "daemon/core/catalog/stack.h"
#include "daemon/core/text/utf8.h"

namespace tlswatch::report {
namespace {

using Json = rapidjson::Value;
using Kind = ReportError::Kind;

/// Iterative: nesting costs heap, bounded by the payload, and no stack. Encoding is checked, so that what is
/// read is valid UTF-8.
constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

/// Members reads an object's members and keeps the first thing that is wrong with them.
class Members {
 public:
  Members(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  /// A whole number within To's range and `limit`; nothing where it is not there.
  template <typename To>
  std::optional<To> number(const char* name, std::int64_t limit = std::numeric_limits<To>::max()) {
    const Json* const value = find(name);
    if (value == nullptr) return std::nullopt;
    const std::int64_t least = std::is_signed_v<To> ? std::int64_t{std::numeric_limits<To>::min()} : 0;
    if (!value->IsInt64() || value->GetInt64() < least || value->GetInt64() > limit) {
      wrong(name, "is not a whole number in range");
      return std::nullopt;
    }
    return static_cast<To>(value->GetInt64());
  }
  template <typename To>
  To required(const char* name) {
    const auto value = number<To>(name);
    if (!value) wrong(name, "is missing");
    return value.value_or(To{});
  }
  /// Text, or nothing where it is not there.
  std::optional<std::string_view> text(const char* name) {
    const Json* const value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->IsString()) {
      wrong(name, "is not a string");
      return std::nullopt;
    }
    return std::string_view(value->GetString(), value->GetStringLength());
  }
  /// One of `names`, by its place among them.
  template <typename Enum, std::size_t N>
  Enum one_of(const char* name, const char* const (&names)[N]) {
    const auto value = text(name);
    for (std::size_t i = 0; value && i < N; ++i) {
      if (*value == names[i]) return static_cast<Enum>(i);
    }
    wrong(name, value ? "is none of the known names" : "is missing");
    return Enum{};
  }
  const Json* array(const char* name) {
    const Json* const value = find(name);
    if (value != nullptr && value->IsArray()) return value;
    wrong(name, value != nullptr ? "is not an array" : "is missing");
    return nullptr;
  }
  void wrong(const char* name, const char* how) {
    if (!error_) error_ = path_ + name + ' ' + how;
  }
  std::optional<std::string> error() const { return error_; }

 private:
  const Json* find(const char* name) const {
    const auto at = object_.FindMember(name);
    return at != object_.MemberEnd() ? &at->value : nullptr;
  }

  const Json& object_;
  std::string path_;
  std::optional<std::string> error_;
};

ReportError bad_member(std::string what) {
  return {Kind::bad_member, std::move(what)};
}

Result<ReportEntry, ReportError> read_entry(const Json& json, std::size_t index) {
  const std::string path = "errs[" + std::to_string(index) + "]";
  if (!json.IsObject()) return bad_member(path + " is not an object");
  Members m(json, path + '.');
  ReportEntry entry;
  entry.stack = m.one_of<device::Stack>("s", device::kStackNames);
  entry.phase = m.one_of<device::Phase>("ph", device::kPhaseNames);
  entry.code = m.required<std::int32_t>("c");
  entry.seq = m.required<std::uint32_t>("seq");
  entry.detail = m.number<std::int32_t>("d").value_or(0);
  entry.count = m.number<std::uint32_t>("n").value_or(1);
  entry.at_unix_s = static_cast<std::uint64_t>(m.number<std::int64_t>("t").value_or(0));
  if (entry.at_unix_s > std::uint64_t{std::numeric_limits<std::uint32_t>::max()}) {
    m.wrong("t", "is not a Unix time");
  }
  entry.ago_s = m.number<std::uint32_t>("ago");
  entry.heap_bytes = m.number<std::uint32_t>("heap");
  if (const auto error = m.error()) return bad_member(*error);
  return entry;
}

}  // namespace

Result<Report, ReportError> read_report(wire::Bytes payload) {
  if (payload.size() > kMaxReportBytes)
    return ReportError{Kind::too_long, "the report is longer than 2048 bytes"};
  rapidjson::Document json;
  const std::string_view text = wire::as_text(payload);
  json.Parse<kParseFlags>(text.data(), text.size());
  if (json.HasParseError()) {
    return ReportError{Kind::not_json,
                       "the report is not JSON, at byte " + std::to_string(json.GetErrorOffset())};
  }
  if (!json.IsObject() || !json.HasMember("v")) {
    return ReportError{Kind::not_a_report, "the payload is no object with a version v"};
  }
  if (!json["v"].IsInt() || json["v"].GetInt() != device::kReportVersion) {
    return ReportError{Kind::wrong_version, "the report's version v is not 1"};
  }

  Members m(json, "");
  Report report;
  report.era = m.required<std::uint32_t>("era");
  report.boot = m.number<std::uint32_t>("boot").value_or(0);
  report.uptime_s = m.number<std::uint32_t>("up").value_or(0);
  report.firmware = text::to_utf8(m.text("fw").value_or(""), kMaxFirmwareBytes);
  const Json* const errs = m.array("errs");
  if (const auto error = m.error()) return bad_member(*error);

  for (rapidjson::SizeType i = 0; i < errs->Size(); ++i) {
    if (report.entries.size() == kMaxEntries) {
      report.skipped_entries = errs->Size() - kMaxEntries;
      break;
    }
    auto entry = read_entry((*errs)[i], i);
    if (!entry) return entry.error();
    report.entries.push_back(*entry);
  }
  return report;
}

}  // namespace tlswatch::report
