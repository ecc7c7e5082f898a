#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/store/reader.h"

/// What a request asks for, out of outside text.
namespace tlswatch::http {

/// Bytes out of percent-encoded text (RFC 3986, section 2.1); nothing where it is none. A plus is a plus.
std::optional<std::string> percent_decode(std::string_view text);

/// "90s", "15m", "2h", "7d", "4w" in nanoseconds; nothing where it is none.
std::optional<std::uint64_t> parse_stretch(std::string_view text) noexcept;

/// Query: the parameters of a request, checked.
class Query {
 public:
  using Parameters = std::multimap<std::string, std::string>;

  /// `known`: all that may be there.
  Query(const Parameters& given, std::initializer_list<std::string_view> known);

  /// What is wrong with it, with the remedy; empty: nothing so far.
  const std::string& trouble() const noexcept { return trouble_; }

  /// A parameter's text; empty where it is not given. Lives as long as the parameters.
  std::string_view text(const char* name, std::size_t most);
  /// How many rows, 1 to store::kMaxPage; 100 where it is not given.
  std::size_t limit();
  /// The time that lies `since` before now; `standard` where it is not given, empty for ever.
  std::uint64_t since(std::uint64_t now_ns, std::string_view standard = {});
  /// Whether `state` is `word`; the other choice is `all`. `standard` where it is not given.
  bool state_is(std::string_view word, bool standard);
  /// broker, cause, profile.
  void filter(store::Filter& filter);

 private:
  void fail(std::string sentence);

  const Parameters& given_;
  std::string trouble_;
};

}  // namespace tlswatch::http
