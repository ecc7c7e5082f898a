#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/reader.h"

namespace CLI {
class App;
}

namespace tlswatch::cli {

/// Query: the options that the verbs over the store share.
struct Query {
  std::string config = "/etc/tlswatch/tlswatch.yaml";
  std::string store;  ///< empty: what the configuration says
  std::string since, cause, profile, broker, search;
  bool only_bad = false;  ///< --failing, --open
  std::size_t limit = 50;
  bool all = false;
  bool json = false;

  /// What the reader is asked for; views into the query.
  store::Filter filter(std::uint64_t now_ns) const;
};

/// Adds --config, --store, --broker and --json.
void add_store_options(CLI::App& verb, Query& query);

/// Adds --since, --cause and --profile; whatever they are is checked before the verb runs.
void add_filter_options(CLI::App& verb, Query& query);

/// Adds --limit and --all.
void add_limit_options(CLI::App& verb, Query& query);

/// Opens the store. Where it cannot be, standard error says why and what to do.
///
/// verb  who says it
std::optional<store::Reader> open_store(const Query& query, std::string_view verb);

/// Unix nanoseconds.
std::uint64_t now_ns();

}  // namespace tlswatch::cli
