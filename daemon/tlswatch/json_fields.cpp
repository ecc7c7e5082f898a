#include "daemon/tlswatch/json_fields.h"

#include <cstddef>

#include "daemon/core/text/utf8.h"

namespace tlswatch::cli {

using Json = rapidjson::Value;

bool parse_event(rapidjson::Document& event, std::string_view json) {
  event.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(),
                                                                                      json.size());
  if (event.HasParseError() || !event.IsObject()) return false;
  const auto member = event.FindMember("event");
  return member != event.MemberEnd() && member->value.IsObject() && member->value.HasMember("action");
}

const Json* at(const Json& root, std::string_view path) {
  const Json* here = &root;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (!here->IsObject()) return nullptr;
    const auto member = here->FindMember(
        Json(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
    if (member == here->MemberEnd()) return nullptr;
    here = &member->value;
  }
  return here;
}

std::string text_at(const Json& root, std::string_view path, std::size_t limit) {
  const Json* const value = at(root, path);
  if (value == nullptr) return {};
  if (value->IsString()) return text::to_utf8({value->GetString(), value->GetStringLength()}, limit);
  if (value->IsInt64()) return std::to_string(value->GetInt64());
  return {};
}

}  // namespace tlswatch::cli
