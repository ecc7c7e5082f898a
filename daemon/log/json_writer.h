#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/text/utf8.h"

namespace tlswatch::log {

/// Bytes of one outside text in a line at most.
inline constexpr std::size_t kMaxText = 512;
/// Items of one list from a ClientHello at most; further ones are left out.
inline constexpr std::size_t kMaxItems = 128;

/// PlainWriter is RapidJSON's writer with a short way for text that needs no escaping: half of a line's cost
/// was looking for characters to escape in names of our own.
class PlainWriter : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  using rapidjson::Writer<rapidjson::StringBuffer>::Writer;

  /// Writes a string as it is. `text` must hold neither quotes nor backslashes nor control characters.
  void Plain(std::string_view text) {
    assert(std::ranges::none_of(text, [](char c) { return c == '"' || c == '\\' || (c >= 0 && c < ' '); }));
    Prefix(rapidjson::kStringType);
    char* at = os_->Push(text.size() + 2);
    *at++ = '"';
    at = std::copy(text.begin(), text.end(), at);
    *at = '"';
  }
};

/// JsonWriter writes JSON into a buffer of its own, through RapidJSON's SAX writer: no tree is built.
///
/// What comes from outside goes through outside(): valid UTF-8, bounded, without characters that steer a
/// terminal. All else must be clean.
class JsonWriter {
 public:
  JsonWriter() : writer_(buffer_) {}

  void begin() {
    buffer_.Clear();
    writer_.Reset(buffer_);
    writer_.StartObject();
  }
  std::string_view end() {
    writer_.EndObject();
    buffer_.Put('\n');
    return {buffer_.GetString(), buffer_.GetSize()};
  }

  JsonWriter& key(std::string_view name) {
    writer_.Plain(name);
    return *this;
  }
  /// A name out of a table, a time, an address, an id: nothing in it needs escaping.
  void name(std::string_view plain) { writer_.Plain(plain); }
  void name_or_null(std::string_view plain) { plain.empty() ? null() : name(plain); }
  void text(std::string_view clean) { writer_.String(clean.data(), size_of(clean)); }
  void outside(std::string_view text) {
    scratch_.clear();
    text::append_utf8(scratch_, text, kMaxText);
    writer_.String(scratch_.data(), size_of(scratch_));
  }
  /// One value of JSON that was written already; the caller knows that it is right.
  void json(std::string_view value) { writer_.RawValue(value.data(), value.size(), rapidjson::kObjectType); }
  /// Null where it is empty.
  void text_or_null(std::string_view clean) { clean.empty() ? null() : text(clean); }
  void outside_or_null(std::string_view text) { text.empty() ? null() : outside(text); }
  void number(std::uint64_t v) { writer_.Uint64(v); }
  void signed_number(std::int64_t v) { writer_.Int64(v); }
  void real(double v) { writer_.Double(v); }
  void boolean(bool v) { writer_.Bool(v); }
  void null() { writer_.Null(); }
  template <typename T>
  void number_or_null(const std::optional<T>& v) {
    v ? number(*v) : null();
  }
  void boolean_or_null(const std::optional<bool>& v) { v ? boolean(*v) : null(); }

  template <typename Members>
  void object(std::string_view name, Members members) {
    key(name);
    object(members);
  }
  template <typename Members>
  void object(Members members) {
    writer_.StartObject();
    members();
    writer_.EndObject();
  }
  template <typename Items>
  void array(std::string_view name, Items items) {
    key(name);
    writer_.StartArray();
    items();
    writer_.EndArray();
  }

 private:
  static rapidjson::SizeType size_of(std::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
  }

  rapidjson::StringBuffer buffer_;
  PlainWriter writer_;
  std::string scratch_;
};

}  // namespace tlswatch::log
