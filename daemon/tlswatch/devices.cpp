#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/lists.h"
#include "daemon/tlswatch/lookup.h"
#include "daemon/tlswatch/query.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/why_text.h"
#include "daemon/view/answers.h"

/// `tlswatch devices` and `tlswatch device ID`.
namespace tlswatch::cli {
namespace {

int devices(const Query& query) {
  auto reader = open_store(query, "devices");
  if (!reader) return kBadUsage;
  const std::uint64_t now = now_ns();
  const auto page = read_list<store::DeviceRow>(query, [&](std::size_t limit, std::string_view after) {
    return reader->devices(query.filter(now), limit, after);
  });
  if (!page) return trouble("devices", page.error());
  const bool bad = std::ranges::any_of(
      page->rows, [](const store::DeviceRow& one) { return one.state == store::DeviceState::failing; });
  if (query.json) {
    std::cout << view::devices_json(*page);
    return bad ? kBadNews : kFine;
  }
  const Screen screen = screen_of_stdout();
  if (const auto totals = reader->totals()) std::cout << totals_line(*totals, screen) << '\n';
  if (page->rows.empty()) {
    std::cout << "No device is known that fits.\n";
    return kFine;
  }
  std::cout << '\n' << devices_table(page->rows, now, screen);
  if (!page->next.empty()) std::cout << "There are more: --limit N, or --all.\n";
  if (bad) std::cout << "\n`tlswatch why DEVICE` says why one fails.\n";
  return bad ? kBadNews : kFine;
}

int device(const std::string& id, const Query& query) {
  auto reader = open_store(query, "device");
  if (!reader) return kBadUsage;
  const auto stories = read_stories(*reader, id, query);
  if (!stories) return trouble("device", stories.error());
  if (stories->empty()) return say_unknown(*reader, "device", id, query);
  if (query.json) {
    std::cout << view::device_json(*stories);
  } else {
    for (const view::DeviceStory& story : *stories) {
      std::cout << (&story == &stories->front() ? "" : "\n")
                << device_story(story.device, story.sessions, story.lines, now_ns(), screen_of_stdout());
    }
  }
  return any_fails(*stories) ? kBadNews : kFine;
}

}  // namespace

void add_devices(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("devices", "the fleet: who is connected, who fails");
  const auto query = std::make_shared<Query>();
  add_store_options(*verb, *query);
  add_filter_options(*verb, *query);
  verb->add_option("--search", query->search, "part of the client id, or the address's beginning");
  verb->add_flag("--failing", query->only_bad, "those that fail now");
  add_limit_options(*verb, *query);
  verb->callback([query, &exit_code] { exit_code = devices(*query); });
}

void add_device(CLI::App& app, int& exit_code) {
  auto* const verb = app.add_subcommand("device", "one device: what it negotiated, and its time line");
  const auto query = std::make_shared<Query>();
  const auto id = std::make_shared<std::string>();
  verb->add_option("ID", *id, "the client id")->required();
  add_store_options(*verb, *query);
  add_limit_options(*verb, *query);
  verb->callback([id, query, &exit_code] { exit_code = device(*id, *query); });
}

}  // namespace tlswatch::cli
