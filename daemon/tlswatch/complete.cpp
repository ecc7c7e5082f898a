#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/core/catalog/causes.h"
#include "daemon/core/catalog/stack.h"
#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/query.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/words.h"

/// `tlswatch complete -- WORDS`: what the last word may become, one a line, for the shells
/// (deploy/completion). In no help, since nobody types it.
namespace tlswatch::cli {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kMostIds = 100;

/// What stands behind an option; empty where it does not.
std::string value_of(const Words& words, std::string_view option) {
  const auto at = std::ranges::find(words, option);
  return at == words.end() || at + 1 == words.end() ? std::string() : *(at + 1);
}

/// The store that the words name, or that the configuration does; nothing is said where there is none.
std::optional<store::Reader> quiet_store(const Words& words) {
  std::string file = value_of(words, "--store");
  if (file.empty()) {
    const std::string named = value_of(words, "--config");
    const auto config = config::load_config(named.empty() ? Query().config : named, {});
    if (config && config->store) file = *config->store;
  }
  if (file.empty()) return std::nullopt;
  auto reader = store::Reader::open(file);
  return reader ? std::optional(std::move(*reader)) : std::nullopt;
}

std::set<std::string> ids(const Words& words, bool devices, bool incidents) {
  std::set<std::string> out;
  auto reader = quiet_store(words);
  if (!reader) return out;
  store::Filter filter;
  filter.search = words.back();
  const auto known = reader->devices(filter, kMostIds);
  if (devices && known) {
    for (const store::DeviceRow& row : known->rows) out.insert(text::to_utf8(row.outside_id));
  }
  const auto groups = reader->incidents({}, kMostIds);
  if (incidents && groups) {
    for (const store::IncidentRow& row : groups->rows) out.emplace(short_incident(row.id));
  }
  return out;
}

std::set<std::string> in_store(const Words& words, std::string store::ComplianceRow::*field) {
  std::set<std::string> out;
  auto reader = quiet_store(words);
  if (!reader) return out;
  if (const auto rows = reader->compliance()) {
    for (const store::ComplianceRow& row : *rows) out.insert(row.*field);
  }
  return out;
}

std::set<std::string> candidates(CLI::App& app, const Words& words) {
  std::set<std::string> out;
  if (words.size() == 1) {
    for (const CLI::App* verb :
         app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); })) {
      out.insert(verb->get_name());
    }
    return out;
  }
  const auto named =
      app.get_subcommands([&](const CLI::App* one) { return one->get_name() == words.front(); });
  if (named.empty()) return out;
  const CLI::App* const verb = named.front();
  const std::string& before = words[words.size() - 2];
  if (before == "--cause") return {catalog::kCauseIds.begin(), catalog::kCauseIds.end()};
  if (before == "--stack")
    return {tlswatch::device::kStackNames, tlswatch::device::kStackNames + tlswatch::device::kStackCount};
  if (before == "--broker") return in_store(words, &store::ComplianceRow::broker);
  if (before == "--profile") return in_store(words, &store::ComplianceRow::profile);
  const CLI::Option* const option = before.starts_with("--") ? verb->get_option_no_throw(before) : nullptr;
  if (option != nullptr && option->get_items_expected_max() > 0) return out;
  if (!words.back().starts_with('-')) {
    const std::string& name = words.front();
    const bool device = name == "device" || name == "why";
    const bool incident = name == "incident" || name == "why";
    if (device || incident) return ids(words, device, incident);
    return out;
  }
  for (const CLI::Option* one : verb->get_options()) {
    for (const std::string& name : one->get_lnames()) out.insert("--" + name);
  }
  return out;
}

}  // namespace

void add_complete(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("complete", "what the last word may become")->group("");
  const auto words = std::make_shared<Words>();
  verb->add_option("WORDS", *words)->required();
  verb->callback([words, &app, &exit_code] {
    for (const std::string& candidate : candidates(app, *words)) {
      if (candidate.starts_with(words->back())) std::cout << candidate << '\n';
    }
    exit_code = kFine;
  });
}

}  // namespace tlswatch::cli
