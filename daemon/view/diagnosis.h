#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/core/diagnose/knowledge.h"
#include "daemon/log/json_writer.h"
#include "daemon/store/rows.h"

/// What a kept diagnosis says: the log's line, read again.
namespace tlswatch::view {

/// Advice: a row's text in two: what it means, and what to do.
struct Advice {
  std::string_view meaning;  ///< the first sentence
  std::string_view fix;      ///< the rest; the sentence itself where that is all
};

/// Parts a text after its first sentence. A dot in a name (x509.pem) ends none. Views into `text`.
Advice advice(std::string_view text) noexcept;

/// What to do about a cause where no diagnosis is kept: of each cause the first row of the knowledge that
/// somebody need act upon.
using FixByCause = std::map<std::string, std::string, std::less<>>;
FixByCause fix_by_cause(const diagnose::Knowledge& knowledge);

/// The fix that a diagnosis names; empty where the line is none.
std::string fix_of(const store::LineRow& line);

/// The line's own sentence; empty where it has none. Clean.
std::string message_of(const store::LineRow& line);

/// Writes `Why`, made of a diagnosis; null where the line is none.
void write_why(log::JsonWriter& j, const store::LineRow& line);

}  // namespace tlswatch::view
