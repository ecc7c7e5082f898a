#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/store/database.h"

namespace tlswatch::store {

using WordId = std::uint32_t;

/// Words: texts of closed lists (causes, profiles, brokers, reasons) by number, so that rows and indexes stay
/// small. 0 is the empty text.
class Words {
 public:
  /// Reads them all anew.
  void load(Database& database);
  /// The number of a text, made where it is new; 0 where there is no room for it.
  WordId of(Database& database, std::string_view text);
  /// The number, or nothing: no row can have it.
  std::optional<WordId> find(std::string_view text) const;
  /// The text; empty where the number is not known.
  std::string_view text(WordId id) const noexcept;

 private:
  std::vector<std::string> texts_{std::string()};
  std::unordered_map<std::string, WordId> ids_;
};

}  // namespace tlswatch::store
