#include "schema.h"

#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "error.h"
#include "files.h"
#include "paths.h"

namespace tlswatch::harness {
namespace {

// Filled in place: the parsed schema refers to itself by address.
struct LoadedSchema {
  LoadedSchema() {
    const auto path = source_folder() / "deploy" / "event-log.schema.json";
    if (document.Parse(read_file(path).c_str()).HasParseError()) throw Error("no JSON in " + path.string());
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::RapidJsonAdapter(document), schema);
  }
  rapidjson::Document document;
  valijson::Schema schema;
};

}  // namespace

std::string schema_violations(const rapidjson::Value& line) {
  static const LoadedSchema loaded;
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(loaded.schema, valijson::adapters::RapidJsonAdapter(line), &results)) return {};
  std::string text;
  for (const valijson::ValidationResults::Error& error : results) {
    if (!text.empty()) text += "; ";
    for (const std::string& step : error.context) text += step;
    text += ": " + error.description;
  }
  return text.empty() ? "not valid, without a reason given" : text;
}

}  // namespace tlswatch::harness
