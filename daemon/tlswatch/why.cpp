#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <set>

#include "daemon/log/json_writer.h"
#include "daemon/tlswatch/lookup.h"
#include "daemon/tlswatch/query.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/why_text.h"
#include "daemon/view/answers.h"
#include "daemon/view/rows_json.h"

/// `tlswatch why ID`: of a device, an incident, a session, or an address.
namespace tlswatch::cli {
namespace {

constexpr std::size_t kDevicesOfAddress = 5;
constexpr std::size_t kSessionsOfAddress = 20;

int show(const std::vector<view::DeviceStory>& stories, const Query& query) {
  if (query.json) {
    std::cout << view::device_json(stories);
    return any_fails(stories) ? kBadNews : kFine;
  }
  for (const view::DeviceStory& story : stories) {
    std::cout << (&story == &stories.front() ? "" : "\n")
              << device_report(story.device, story.sessions, story.lines, now_ns(), screen_of_stdout());
  }
  return any_fails(stories) ? kBadNews : kFine;
}

int show(const std::vector<store::SessionRow>& nameless, const Query& query) {
  if (!query.json) {
    std::cout << nameless_report(nameless, screen_of_stdout());
    return kBadNews;
  }
  log::JsonWriter j;
  j.begin();
  j.array("sessions", [&] {
    for (const store::SessionRow& session : nameless) view::write(j, session);
  });
  std::cout << j.end();
  return kBadNews;
}

/// Devices that were met at an address last, or else the sessions from there that have no name. Nothing where
/// there are neither.
std::optional<int> show_address(store::Reader& reader, const std::string& ip, const Query& query) {
  store::Filter filter;
  filter.search = ip;
  filter.broker = query.broker;
  std::vector<view::DeviceStory> stories;
  const auto devices = reader.devices(filter, store::kMaxPage);
  if (!devices) return trouble("why", devices.error());
  for (const store::DeviceRow& device : devices->rows) {
    if (device.ip != ip || stories.size() == kDevicesOfAddress) continue;
    Query there = query;
    there.broker = device.broker;
    auto found = read_stories(reader, device.outside_id, there);
    if (!found) return trouble("why", found.error());
    std::ranges::move(*found, std::back_inserter(stories));
  }
  if (!stories.empty()) return show(stories, query);

  std::set<std::string> brokers{query.broker};
  const auto incidents = reader.incidents({}, store::kMaxPage);
  if (!incidents) return trouble("why", incidents.error());
  for (const store::IncidentRow& incident : incidents->rows) {
    if (query.broker.empty()) brokers.insert(incident.broker);
  }
  std::vector<store::SessionRow> nameless;
  for (const std::string& broker : brokers) {
    auto sessions = reader.sessions_at(broker, ip, kSessionsOfAddress);
    if (!sessions) return trouble("why", sessions.error());
    std::ranges::move(*sessions, std::back_inserter(nameless));
  }
  if (nameless.empty()) return std::nullopt;
  return show(nameless, query);
}

int why(const std::string& id, const Query& query) {
  auto reader = open_store(query, "why");
  if (!reader) return kBadUsage;
  const auto stories = read_stories(*reader, id, query);
  if (!stories) return trouble("why", stories.error());
  if (!stories->empty()) return show(*stories, query);

  const auto incidents = reader->incident(id);
  if (!incidents) return trouble("why", incidents.error());
  if (!incidents->empty()) return show_incident(*reader, incidents->front(), "why", query);

  const auto sessions = reader->session(id);
  if (!sessions) return trouble("why", sessions.error());
  if (!sessions->empty() && sessions->front().outside_device_id.empty()) return show(*sessions, query);
  if (!sessions->empty()) {
    Query there = query;
    there.broker = sessions->front().broker;
    const auto whose = read_stories(*reader, sessions->front().outside_device_id, there);
    if (!whose) return trouble("why", whose.error());
    if (!whose->empty()) return show(*whose, query);
  }
  const auto at_address = show_address(*reader, id, query);
  return at_address ? *at_address : say_unknown(*reader, "why", id, query);
}

}  // namespace

void add_why(CLI::App& app, int& exit_code) {
  auto* const verb =
      app.add_subcommand("why", "why a device cannot connect, with the evidence of both sides");
  const auto query = std::make_shared<Query>();
  const auto id = std::make_shared<std::string>();
  verb->add_option("ID", *id, "a client id, an incident\'s or a session\'s id, or an address")->required();
  add_store_options(*verb, *query);
  verb->callback([id, query, &exit_code] { exit_code = why(*id, *query); });
}

}  // namespace tlswatch::cli
