#include "daemon/config/knowledge_check.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <string>
#include <string_view>

#include "daemon/core/catalog/causes.h"

namespace tlswatch::config {
namespace {

using Causes = std::bitset<catalog::kCauseCount>;

void name(const diagnose::Rule& rule, Causes& causes) {
  if (const auto cause = catalog::find_cause(rule.cause)) causes.set(static_cast<std::size_t>(*cause));
}

std::string place_text(const Error& place) {
  return place.file + ":" + std::to_string(place.line);
}

std::string missing_ids(const Causes& causes) {
  std::string out;
  for (std::size_t i = 0; i < catalog::kCauseCount; ++i) {
    if (causes.test(i)) continue;
    if (!out.empty()) out += ", ";
    out += catalog::kCauseIds[i];
  }
  return out;
}

void fail(const Error& at, std::string text, Errors& errors) {
  errors.push_back({at.file, at.line, at.column, std::move(text)});
}

}  // namespace

void check_knowledge(const diagnose::Knowledge& knowledge, const Places& places, const std::string& last_file,
                     Errors& errors) {
  const std::vector<diagnose::Rule>& rules = knowledge.rules;
  std::map<std::string_view, Causes> by_file;
  Causes all;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    name(rules[i], by_file[places[i].file]);
    name(rules[i], all);
  }
  for (std::size_t later = 0; later < rules.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (!diagnose::covers(rules[earlier], rules[later])) continue;
      const Error& first = places[earlier];
      const bool one_file = first.file == places[later].file;
      if (!one_file && !by_file[first.file].all()) continue;
      fail(places[later],
           "this rule can never be reached: `" + rules[earlier].name + "` (" + place_text(first) +
               ") holds wherever it does; " +
               (one_file ? "put it before that one, or drop it" : "put its file before that one"),
           errors);
      break;
    }
  }
  if (all.all()) return;
  const bool empty = places.empty() || places.back().file != last_file;
  fail(empty ? Error{last_file, 1, 1, {}} : places.back(),
       "no rule of all knowledge files names " + missing_ids(all) +
           "; add rules for them, or read the shipped file as well",
       errors);
}

}  // namespace tlswatch::config
