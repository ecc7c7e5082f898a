#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tlswatch::cli {

/// Where a field's text is cut, in bytes.
inline constexpr std::size_t kMaxField = 96;

/// Parses a line of the event log, iteratively, so that no depth is too deep; false: it is no event.
bool parse_event(rapidjson::Document& event, std::string_view json);

/// The value at a dotted path, or null.
const rapidjson::Value* at(const rapidjson::Value& root, std::string_view path);

/// A string or a whole number at a path as clean text (core/text); empty where there is neither.
std::string text_at(const rapidjson::Value& root, std::string_view path, std::size_t limit = kMaxField);

}  // namespace tlswatch::cli
