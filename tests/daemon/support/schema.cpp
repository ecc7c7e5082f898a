#include "schema.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "temp_dir.h"

namespace tlswatch::test {
namespace {

// Filled in place: the parsed schema refers to itself by address.
struct LoadedSchema {
  LoadedSchema() {
    if (document.Parse(read_file(TLSWATCH_SCHEMA_FILE).c_str()).HasParseError()) {
      throw std::runtime_error("no JSON: " TLSWATCH_SCHEMA_FILE);
    }
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::RapidJsonAdapter(document), schema);
  }
  rapidjson::Document document;
  valijson::Schema schema;
};

rapidjson::Document parse(std::string_view line) {
  rapidjson::Document out;
  out.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
  return out;
}

}  // namespace

std::string schema_violations(std::string_view line) {
  static const LoadedSchema kLoaded;
  const rapidjson::Document document = parse(line);
  if (document.HasParseError()) return "no JSON in valid UTF-8";
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(kLoaded.schema, valijson::adapters::RapidJsonAdapter(document), &results)) return {};
  std::string out;
  for (const auto& error : results) {
    for (const std::string& step : error.context) out += step;
    out += ": " + error.description + "; ";
  }
  return out.empty() ? "not valid" : out;
}

std::string value_at(std::string_view line, std::string_view path) {
  const rapidjson::Document document = parse(line);
  const rapidjson::Value* at = &document;
  while (!path.empty()) {
    const std::string name(path.substr(0, path.find('.')));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!at->IsObject() || !at->HasMember(name.c_str())) return "absent";
    at = &(*at)[name.c_str()];
  }
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  at->Accept(writer);
  return out.GetString();
}

std::vector<std::string> lines_of(std::string_view log) {
  std::vector<std::string> out;
  for (std::size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    out.emplace_back(log.substr(0, end));
    log.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace tlswatch::test
