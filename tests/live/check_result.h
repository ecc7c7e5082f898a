// What `tlswatch check --json` said, as a test reads it.
#pragma once

#include <rapidjson/document.h>

#include <map>
#include <string>
#include <vector>

namespace tlswatch::live {

/// One run of the command.
struct Checked {
  int status = -1;
  std::string errors;
  rapidjson::Document json;

  /// "requirement: cause" of each bad row, in their order.
  std::vector<std::string> bad() const;
  /// The requirements of the rows that are unknown.
  std::vector<std::string> unknown() const;
  /// All requirements, in their order.
  std::vector<std::string> requirements() const;
  /// What stands in that row; empty: there is no such row.
  std::string seen(const std::string& requirement) const;
  std::string mend(const std::string& requirement) const;
  std::string sentence() const;
  /// "VERSION ASKED: agreed AGREED, record RECORD, message MESSAGE" of each figure; null is "-".
  std::vector<std::string> mfln() const;
};

/// Runs `tlswatch check TARGET --json` with more arguments. Throws Error where it prints no JSON and ends
/// with another status than 2.
Checked check(const std::string& target, const std::vector<std::string>& arguments = {});

}  // namespace tlswatch::live
