#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

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
    writer_.Key(name.data(), size_of(name));
    return *this;
  }
  void text(std::string_view clean) { writer_.String(clean.data(), size_of(clean)); }
  void outside(std::string_view text) {
    scratch_.clear();
    text::append_utf8(scratch_, text, kMaxText);
    writer_.String(scratch_.data(), size_of(scratch_));
  }
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
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
  std::string scratch_;
};

}  // namespace tlswatch::log
