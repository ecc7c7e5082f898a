#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tlswatch::test {

/// Checks one line of the event log against deploy/event-log.schema.json. Empty: it is good; else what is
/// wrong.
std::string schema_violations(std::string_view line);

/// The value at a path such as "tlswatch.mfln.negotiated" of one line, as JSON text; "absent" where there is
/// none.
std::string value_at(std::string_view line, std::string_view path);

/// The lines of a log, without their newlines; a torn last one is not a line.
std::vector<std::string> lines_of(std::string_view log);

}  // namespace tlswatch::test
