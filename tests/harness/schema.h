// deploy/event-log.schema.json, against which every line that any test produces is checked.
#pragma once

#include <rapidjson/document.h>

#include <string>

namespace tlswatch::harness {

/// Checks one line of the event log against the schema of the log (JSON Schema draft-07).
///
/// returns  an empty string, or the path of what is wrong and why, several separated by "; "
/// Throws Error where the schema itself cannot be read.
std::string schema_violations(const rapidjson::Value& line);

}  // namespace tlswatch::harness
