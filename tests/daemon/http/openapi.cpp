#include "http/openapi.h"

#include <map>
#include <stdexcept>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

// Filled in place: the parsed schema refers to itself by address. The file's own schemas are found by the way
// its references name them, so the whole file is the schema, which refers to one of its parts.
struct Loaded {
  explicit Loaded(const std::string& name) {
    document.CopyFrom(openapi(), document.GetAllocator());
    rapidjson::Value all(rapidjson::kArrayType), one(rapidjson::kObjectType);
    one.AddMember("$ref", rapidjson::Value(("#/components/schemas/" + name).c_str(), document.GetAllocator()),
                  document.GetAllocator());
    all.PushBack(one, document.GetAllocator());
    document.AddMember("allOf", all, document.GetAllocator());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::RapidJsonAdapter(document), schema);
  }
  rapidjson::Document document;
  valijson::Schema schema;
};

const rapidjson::Value& operation(const std::string& path) {
  return openapi()["paths"][path.c_str()]["get"];
}

}  // namespace

const rapidjson::Document& openapi() {
  static const rapidjson::Document kDocument = [] {
    rapidjson::Document out;
    if (out.Parse(read_file(TLSWATCH_OPENAPI_FILE).c_str()).HasParseError())
      throw std::runtime_error("no JSON: " TLSWATCH_OPENAPI_FILE);
    return out;
  }();
  return kDocument;
}

std::string openapi_violations(const std::string& schema, std::string_view json) {
  static std::map<std::string, std::unique_ptr<Loaded>> schemas;
  auto& loaded = schemas[schema];
  if (!loaded) loaded = std::make_unique<Loaded>(schema);
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (document.HasParseError()) return "no JSON in valid UTF-8";
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(loaded->schema, valijson::adapters::RapidJsonAdapter(document), &results)) return {};
  std::string out = schema + ": ";
  for (const auto& error : results) {
    for (const std::string& step : error.context) out += step;
    out += ": " + error.description + "; ";
  }
  return out;
}

std::string schema_of(const std::string& path, const char* status) {
  const auto& content = operation(path)["responses"][status]["content"];
  if (!content.HasMember("application/json")) return {};
  const auto& schema = content["application/json"]["schema"];
  if (!schema.HasMember("$ref")) return {};
  const std::string reference = schema["$ref"].GetString();
  return reference.substr(reference.rfind('/') + 1);
}

std::vector<std::string> parameters_of(const std::string& path) {
  std::vector<std::string> out;
  if (!operation(path).HasMember("parameters")) return out;
  for (const auto& parameter : operation(path)["parameters"].GetArray()) {
    const rapidjson::Value* at = &parameter;
    if (parameter.HasMember("$ref")) {
      const std::string reference = parameter["$ref"].GetString();
      at = &openapi()["components"]["parameters"][reference.substr(reference.rfind('/') + 1).c_str()];
    }
    if (std::string_view((*at)["in"].GetString()) == "query") out.emplace_back((*at)["name"].GetString());
  }
  return out;
}

}  // namespace tlswatch::test
