#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>
#include <vector>

namespace tlswatch::test {

/// daemon/http/openapi.json.
const rapidjson::Document& openapi();

/// Checks JSON against a schema of the OpenAPI file by its name, "Devices". Empty: it is good; else what is
/// wrong.
std::string openapi_violations(const std::string& schema, std::string_view json);

/// The name of the schema of a path's answer; empty where it is no JSON of ours.
std::string schema_of(const std::string& path, const char* status = "200");

/// The query parameters of a path.
std::vector<std::string> parameters_of(const std::string& path);

}  // namespace tlswatch::test
