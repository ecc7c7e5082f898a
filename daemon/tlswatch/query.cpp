#include "daemon/tlswatch/query.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "daemon/config/config.h"
#include "daemon/core/catalog/causes.h"
#include "daemon/tlswatch/similar.h"
#include "daemon/tlswatch/when.h"

namespace tlswatch::cli {
namespace {

/// Empty, or why it is no cause.
std::string check_cause(const std::string& text) {
  if (catalog::find_cause(text)) return {};
  const std::vector<std::string> causes(catalog::kCauseIds.begin(), catalog::kCauseIds.end());
  const std::string like = joined(similar(text, causes));
  return "no cause has the id " + text + (like.empty() ? "; tlswatch(1) lists them" : "; similar: " + like);
}

std::string check_stretch(const std::string& text) {
  return parse_stretch(text) ? std::string() : text + " is no stretch of time such as 90s, 15m, 2h or 7d";
}

/// The store's file, or nothing, and the user knows why.
std::optional<std::string> store_file(const Query& query, std::string_view verb) {
  if (!query.store.empty()) return query.store;
  const auto config = config::load_config(query.config, {});
  if (!config) {
    for (const config::Error& error : config.error()) {
      std::cerr << "tlswatch " << verb << ": " << config::to_text(error) << '\n';
    }
    std::cerr << "tlswatch " << verb
              << ": --config FILE names the daemon's configuration, --store FILE its store\n";
    return std::nullopt;
  }
  if (config->store) return config->store;
  std::cerr << "tlswatch " << verb << ": " << query.config
            << " has no `store`, so that the daemon keeps no history; set `store: "
               "/var/lib/tlswatch/state.db` there and restart tlswatchd\n";
  return std::nullopt;
}

}  // namespace

store::Filter Query::filter(std::uint64_t now) const {
  store::Filter filter;
  if (const auto stretch = parse_stretch(since)) filter.since_ns = now > *stretch ? now - *stretch : 0;
  filter.broker = broker;
  filter.cause = cause;
  filter.profile = profile;
  filter.search = search;
  filter.open_only = only_bad;
  return filter;
}

void add_store_options(CLI::App& verb, Query& query) {
  auto* const store = verb.add_option("--store", query.store, "the store's file");
  verb.add_option("--config", query.config, "the daemon's configuration, which names it")
      ->capture_default_str()
      ->excludes(store);
  verb.add_option("--broker", query.broker, "this broker's alone");
  verb.add_flag("--json", query.json, "JSON, as the HTTP API has it");
}

void add_filter_options(CLI::App& verb, Query& query) {
  verb.add_option("--since", query.since, "seen within this time: 90s, 15m, 2h, 7d")
      ->check(CLI::Validator(check_stretch, ""));
  verb.add_option("--cause", query.cause, "with this cause of failure")
      ->check(CLI::Validator(check_cause, ""));
  verb.add_option("--profile", query.profile, "with this profile");
}

void add_limit_options(CLI::App& verb, Query& query) {
  auto* const limit = verb.add_option("--limit", query.limit, "how many at most")
                          ->capture_default_str()
                          ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  verb.add_flag("--all", query.all, "all of them")->excludes(limit);
}

std::optional<store::Reader> open_store(const Query& query, std::string_view verb) {
  const auto file = store_file(query, verb);
  if (!file) return std::nullopt;
  auto reader = store::Reader::open(*file);
  if (reader) return std::move(*reader);
  std::cerr << "tlswatch " << verb << ": " << reader.error() << '\n';
  return std::nullopt;
}

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

}  // namespace tlswatch::cli
