#include "daemon/view/diagnosis.h"

#include <rapidjson/document.h>

#include <optional>

#include "daemon/core/text/sentence.h"
#include "daemon/core/text/utf8.h"
#include "daemon/view/rows_json.h"

namespace tlswatch::view {
namespace {

using Json = rapidjson::Value;

constexpr std::size_t kMaxSentence = 2048;

/// The object of a line; nothing where it is no JSON. Iterative: no depth is too deep.
std::optional<rapidjson::Document> parse(std::string_view json) {
  rapidjson::Document out;
  out.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (out.HasParseError() || !out.IsObject()) return std::nullopt;
  return out;
}

/// The member of an object; null where there is no object, or no member.
const Json* member(const Json* object, const char* name) {
  if (object == nullptr || !object->IsObject()) return nullptr;
  const auto found = object->FindMember(name);
  return found == object->MemberEnd() ? nullptr : &found->value;
}

std::string_view text_of(const Json* value) {
  if (value == nullptr || !value->IsString()) return {};
  return {value->GetString(), value->GetStringLength()};
}

void write_long(log::JsonWriter& j, std::string_view text) {
  j.text_or_null(text::to_utf8(text, kMaxSentence));
}

void write_real(log::JsonWriter& j, const Json* number) {
  number != nullptr && number->IsNumber() ? j.real(number->GetDouble()) : j.null();
}

template <typename Item>
void write_items(log::JsonWriter& j, std::string_view name, const Json* list, Item item) {
  j.array(name, [&] {
    if (list == nullptr || !list->IsArray()) return;
    for (const Json& one : list->GetArray()) item(one);
  });
}

void write_texts(log::JsonWriter& j, std::string_view name, const Json* list) {
  write_items(j, name, list, [&](const Json& one) { j.outside(text_of(&one)); });
}

void write_why(log::JsonWriter& j, const store::LineRow& line, const Json* told) {
  const Json* const identity = member(told, "identity");
  const Advice said = advice(text_of(member(told, "fix")));
  j.object([&] {
    j.key("cause").outside(text_of(member(told, "cause")));
    j.key("meaning");
    write_long(j, said.meaning);
    j.key("confidence");
    write_real(j, member(told, "confidence"));
    j.key("fix");
    write_long(j, said.fix);
    write_items(j, "evidence", member(told, "evidence"), [&](const Json& one) {
      j.object([&] {
        j.key("side").outside(text_of(member(&one, "side")));
        j.key("what");
        write_long(j, text_of(member(&one, "what")));
      });
    });
    write_items(j, "alternatives", member(told, "alternatives"), [&](const Json& one) {
      j.object([&] {
        j.key("cause").outside(text_of(member(&one, "cause")));
        j.key("confidence");
        write_real(j, member(&one, "confidence"));
      });
    });
    j.object("identity", [&] {
      j.key("how").outside_or_null(text_of(member(identity, "how")));
      j.key("confidence");
      write_real(j, member(identity, "confidence"));
      write_texts(j, "candidates", member(identity, "candidates"));
    });
    j.key("incident").outside_or_null(text_of(member(told, "incident")));
    write_time(j, "at", line.at_ns);
    write_texts(j, "sessions", member(told, "sessions"));
  });
}

}  // namespace

Advice advice(std::string_view text) noexcept {
  const auto [first, rest] = text::first_sentence(text);
  return {first, first.size() == text.size() ? text : rest};
}

FixByCause fix_by_cause(const diagnose::Knowledge& knowledge) {
  FixByCause out;
  for (const diagnose::Rule& rule : knowledge.rules) {
    if (!rule.benign) out.emplace(rule.cause, rule.fix);
  }
  return out;
}

std::string fix_of(const store::LineRow& line) {
  const auto event = parse(line.json);
  return event ? std::string(text_of(member(member(&*event, "tlswatch"), "fix"))) : std::string();
}

std::string message_of(const store::LineRow& line) {
  const auto event = parse(line.json);
  return event ? text::to_utf8(text_of(member(&*event, "message")), kMaxSentence) : std::string();
}

void write_why(log::JsonWriter& j, const store::LineRow& line) {
  const auto event = line.action == "diagnosis" ? parse(line.json) : std::nullopt;
  const Json* const told = event ? member(&*event, "tlswatch") : nullptr;
  told != nullptr ? write_why(j, line, told) : j.null();
}

}  // namespace tlswatch::view
