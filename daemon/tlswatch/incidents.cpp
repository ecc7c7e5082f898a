#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "daemon/tlswatch/lists.h"
#include "daemon/tlswatch/lookup.h"
#include "daemon/tlswatch/query.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/why_text.h"
#include "daemon/view/answers.h"

/// `tlswatch incidents` and `tlswatch incident ID`.
namespace tlswatch::cli {
namespace {

constexpr std::size_t kDiagnoses = 10;

int incidents(const Query& query) {
  auto reader = open_store(query, "incidents");
  if (!reader) return kBadUsage;
  const std::uint64_t now = now_ns();
  const auto page = read_list<store::IncidentRow>(query, [&](std::size_t limit, std::string_view after) {
    return reader->incidents(query.filter(now), limit, after);
  });
  if (!page) return trouble("incidents", page.error());
  const bool open = std::ranges::any_of(page->rows, &store::IncidentRow::open);
  if (query.json) {
    std::cout << view::incidents_json(*page);
  } else if (page->rows.empty()) {
    std::cout << "No incident fits.\n";
  } else {
    std::cout << incidents_table(page->rows, now, screen_of_stdout());
    if (!page->next.empty()) std::cout << "There are more: --limit N, or --all.\n";
    std::cout << "\n`tlswatch incident ID` says what one is, who is in it, and what to do.\n";
  }
  return open ? kBadNews : kFine;
}

int incident(const std::string& id, const Query& query) {
  auto reader = open_store(query, "incident");
  if (!reader) return kBadUsage;
  const auto found = reader->incident(id);
  if (!found) return trouble("incident", found.error());
  if (found->empty()) return say_unknown(*reader, "incident", id, query);
  return show_incident(*reader, found->front(), "incident", query);
}

}  // namespace

int show_incident(store::Reader& reader, const store::IncidentRow& incident, std::string_view verb,
                  const Query& query) {
  const auto victims = reader.victims(incident.id, query.all ? store::kMaxPage : query.limit);
  if (!victims) return trouble(verb, victims.error());
  const auto lines = reader.incident_lines(incident.id, kDiagnoses);
  if (!lines) return trouble(verb, lines.error());
  if (query.json) {
    std::cout << view::incident_json(incident, *victims, *lines, {});
  } else {
    std::cout << incident_report(incident, *victims, *lines, now_ns(), screen_of_stdout());
  }
  return incident.open ? kBadNews : kFine;
}

void add_incidents(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("incidents", "groups of failures: cause, devices, trend");
  const auto query = std::make_shared<Query>();
  add_store_options(*verb, *query);
  add_filter_options(*verb, *query);
  verb->add_flag("--open", query->only_bad, "those that are not over");
  add_limit_options(*verb, *query);
  verb->callback([query, &exit_code] { exit_code = incidents(*query); });
}

void add_incident(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("incident", "one group: what it is, what to do, who is in it");
  const auto query = std::make_shared<Query>();
  const auto id = std::make_shared<std::string>();
  verb->add_option("ID", *id, "the incident's id, or its last part")->required();
  add_store_options(*verb, *query);
  add_limit_options(*verb, *query);
  verb->callback([id, query, &exit_code] { exit_code = incident(*id, *query); });
}

}  // namespace tlswatch::cli
