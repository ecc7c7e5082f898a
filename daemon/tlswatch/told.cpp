#include "daemon/tlswatch/told.h"

#include <algorithm>

#include "daemon/core/text/sentence.h"
#include "daemon/tlswatch/json_fields.h"
#include "daemon/tlswatch/when.h"
#include "daemon/tlswatch/words.h"

namespace tlswatch::cli {
namespace {

using Json = rapidjson::Value;

constexpr std::size_t kMaxSentence = 2048;
constexpr rapidjson::SizeType kMaxItems = 64;

double number_at(const Json& root, std::string_view path) {
  const Json* const value = at(root, path);
  return value != nullptr && value->IsNumber() ? value->GetDouble() : 0;
}

std::uint64_t count_at(const Json& root, std::string_view path) {
  const Json* const value = at(root, path);
  return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
}

/// Calls `item` with each item of the list at a path; of a longer list than any event has, with its first
/// ones.
template <typename Item>
void each(const Json& root, std::string_view path, const Item& item) {
  const Json* const list = at(root, path);
  if (list == nullptr || !list->IsArray()) return;
  for (rapidjson::SizeType i = 0; i < std::min(list->Size(), kMaxItems); ++i) item((*list)[i]);
}

}  // namespace

std::optional<Diagnosis> read_diagnosis(std::string_view json) {
  rapidjson::Document event;
  if (!parse_event(event, json) || text_at(event, "event.action") != "diagnosis") return std::nullopt;
  Diagnosis out;
  out.at_ns = parse_time(text_at(event, "@timestamp"));
  out.device = text_at(event, "device.id", kMaxSentence);
  out.ip = text_at(event, "source.ip");
  each(event, "tlswatch.sessions", [&](const Json& one) { out.sessions.push_back(text_at(one, "")); });
  out.cause = text_at(event, "tlswatch.cause");
  out.confidence = number_at(event, "tlswatch.confidence");
  const std::string fix = text_at(event, "tlswatch.fix", kMaxSentence);
  const text::FirstSentence sentences = text::first_sentence(fix);
  out.verdict = sentences.first;
  out.remedy = sentences.rest;
  each(event, "tlswatch.evidence", [&](const Json& one) {
    out.evidence.push_back({text_at(one, "side") == "device", text_at(one, "what", kMaxSentence)});
  });
  each(event, "tlswatch.alternatives", [&](const Json& one) {
    out.alternatives.push_back({text_at(one, "cause"), number_at(one, "confidence")});
  });
  out.how = text_at(event, "tlswatch.identity.how");
  out.identity_confidence = number_at(event, "tlswatch.identity.confidence");
  each(event, "tlswatch.identity.candidates",
       [&](const Json& one) { out.candidates.push_back(text_at(one, "")); });
  out.incident = text_at(event, "tlswatch.incident");
  out.count = count_at(event, "tlswatch.count");
  return out;
}

std::optional<DeviceError> read_device_error(std::string_view json) {
  rapidjson::Document event;
  if (!parse_event(event, json) || at(event, "tlswatch.device_error") == nullptr) return std::nullopt;
  const Json& error = *at(event, "tlswatch.device_error");
  DeviceError out;
  out.told_ns = parse_time(text_at(event, "@timestamp"));
  out.happened_ns = parse_time(text_at(error, "at"));
  out.stack = text_at(error, "stack");
  out.code = text_at(error, "code");
  out.name = text_at(error, "name");
  out.meaning = text_at(error, "meaning", kMaxSentence);
  out.phase = text_at(error, "phase");
  out.count = count_at(error, "count");
  return out;
}

std::string read_message(std::string_view json) {
  rapidjson::Document event;
  return parse_event(event, json) ? text_at(event, "message", kMaxSentence) : std::string();
}

}  // namespace tlswatch::cli
