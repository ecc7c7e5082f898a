#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "print.h"
#include "targets.h"

namespace tlswatch::fleet_sim {
namespace {

class Json {
 public:
  Json() { writer_.SetMaxDecimalPlaces(6); }
  void open(const char* key = nullptr) {
    if (key != nullptr) writer_.Key(key);
    writer_.StartObject();
  }
  void close() { writer_.EndObject(); }
  void number(const char* key, std::uint64_t value) {
    writer_.Key(key);
    writer_.Uint64(value);
  }
  void real(const char* key, double value) {
    writer_.Key(key);
    writer_.Double(value);
  }
  void list(const char* key) {
    writer_.Key(key);
    writer_.StartArray();
  }
  void end_list() { writer_.EndArray(); }
  void text(const std::string& value) { writer_.String(value.c_str()); }
  void flag(const char* key, bool value) {
    writer_.Key(key);
    writer_.Bool(value);
  }
  std::string take() const { return buffer_.GetString() + std::string("\n"); }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

void add(Json& json, const char* key, const Tally& t) {
  json.open(key);
  json.number("statements", t.statements);
  json.number("right", t.right);
  json.number("other_name", t.other_name);
  json.number("outsiders", t.outsiders);
  json.number("among_five", t.among_five);
  json.real("precision", t.precision());
  json.close();
}

void add(Json& json, const char* key, const std::array<Tally, kLevels>& levels, const Tally& sure) {
  static constexpr const char* kNames[kLevels] = {"exact", "confirmed", "inferred", "unknown"};
  json.open(key);
  for (std::size_t i = 0; i < kLevels; ++i) add(json, kNames[i], levels[i]);
  add(json, "inferred_sure", sure);
  json.close();
}

void add(Json& json, const Counts& c) {
  json.open("fleet");
  for (const CountRow& row : count_rows()) json.number(row.name, c.*row.value);
  json.close();
}

void add(Json& json, const Result& result) {
  json.list("calibration");
  for (const auto& clusters : result.clusters) {
    const Decile decile = decile_of(clusters);
    json.open();
    json.number("count", decile.count);
    json.number("devices", decile.devices);
    json.real("confidence", decile.confidence);
    json.real("right", decile.share);
    json.real("difference", decile.difference());
    json.real("standard_error", decile.standard_error);
    json.flag("enough", decile.enough());
    json.flag("off", off(decile));
    json.close();
  }
  json.end_list();
}

}  // namespace

std::string to_json(const Outcome& outcome, const std::vector<std::string>& missed) {
  const Result& r = outcome.result;
  Json json;
  json.open();
  add(json, outcome.counts);
  json.number("events", outcome.events);
  json.number("failed", r.failed);
  add(json, "identified", r.identified);
  add(json, "first", r.first, r.sure_first);
  add(json, "last", r.last, r.sure_last);
  json.number("folded", r.folded);
  json.number("folded_right", r.folded_right[0] + r.folded_right[1] + r.folded_right[2]);
  add(json, r);
  json.open("scanners");
  json.number("sessions", r.outsiders);
  json.number("named_first", r.outsiders_named_first);
  json.number("named_last", r.outsiders_named_last);
  json.close();
  json.number("confirmed", r.confirmed);
  json.number("refuted", r.refuted);
  add(json, "elsewhere", r.elsewhere);
  json.list("missed");
  for (const std::string& sentence : missed) json.text(sentence);
  json.end_list();
  json.close();
  return json.take();
}

}  // namespace tlswatch::fleet_sim
