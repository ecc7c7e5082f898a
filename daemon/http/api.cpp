#include "daemon/http/api.h"

#include <sys/stat.h>

#include "daemon/http/assets.h"
#include "daemon/http/query.h"
#include "daemon/view/answers.h"

namespace tlswatch::http {
namespace {

constexpr std::size_t kSessions = 200;  ///< of a device's time line
constexpr std::size_t kLines = 200;
constexpr std::size_t kVictims = 100;
constexpr std::size_t kDiagnoses = 20;
constexpr std::size_t kMaxAfter = 2048;
constexpr std::size_t kMaxSearch = 256;
constexpr std::size_t kMaxBroker = 64;

Response json(std::string body) {
  return {.body = std::move(body)};
}

Response of_asset(const Asset& asset, const Request& request) {
  Response out{.type = std::string(asset.type), .cache = "no-cache"};
  out.headers.emplace_back("ETag", asset.etag);
  if (request.if_none_match.find(asset.etag) != std::string::npos) {
    out.status = 304;
    return out;
  }
  out.body = asset.body;
  return out;
}

Response not_found(std::string_view what) {
  return refuse(404, what);
}

}  // namespace

struct Api::Row {
  std::string_view path;  ///< one that ends in a slash takes one more segment, the id
  Route route;
};

const Api::Row Api::kRows[] = {
    {"/api/v1/totals", &Api::totals},
    {"/api/v1/incidents", &Api::incidents},
    {"/api/v1/incidents/", &Api::incident},
    {"/api/v1/devices", &Api::devices},
    {"/api/v1/devices/", &Api::device},
    {"/api/v1/certificates", &Api::certificates},
    {"/api/v1/compliance", &Api::compliance},
    {"/api/v1/hours", &Api::hours},
    {"/api/v1/events", &Api::events},
    {"/metrics", &Api::metrics},
    {"/healthz", &Api::healthz},
};

std::vector<std::string_view> Api::paths() {
  std::vector<std::string_view> out;
  for (const Row& row : kRows) out.push_back(row.path);
  return out;
}

Response Api::answer(const Request& request) {
  const std::string_view path = request.path;
  for (const Row& row : kRows) {
    if (path == row.path && !row.path.ends_with('/')) return (this->*row.route)(request, {});
    if (!row.path.ends_with('/') || !path.starts_with(row.path) || path.size() == row.path.size()) continue;
    const std::string_view segment = path.substr(row.path.size());
    if (segment.find('/') != std::string_view::npos) continue;
    const auto id = percent_decode(segment);
    if (!id) return refuse(400, "The id in the path is not percent-encoded well. Encode its bytes as %XX.");
    return (this->*row.route)(request, *id);
  }
  const std::string_view name = path == "/"                    ? "index.html"
                                : path == "/api/openapi.json"  ? "openapi.json"
                                : path.starts_with("/assets/") ? path.substr(8)
                                                               : std::string_view();
  if (const Asset* const asset = find_asset(name)) return of_asset(*asset, request);
  return not_found("There is nothing at this path. /api/openapi.json lists what there is; the page is at /.");
}

std::optional<std::string> Api::open_reader() {
  struct stat file {};
  const bool there = ::stat(facts_.store.c_str(), &file) == 0;
  if (there && reader_ && file.st_ino == inode_) return std::nullopt;
  reader_.reset();
  auto reader = store::Reader::open(facts_.store);
  if (!reader) return reader.error();
  reader_ = std::move(*reader);
  inode_ = file.st_ino;
  return std::nullopt;
}

template <typename Ask>
Response Api::from_store(Ask ask) {
  if (facts_.store.empty())
    return refuse(503,
                  "This daemon keeps no history. Name a file in `store:` of tlswatch.yaml and restart it.");
  if (auto trouble = open_reader()) return refuse(503, *trouble);
  auto answer = ask(*reader_);
  if (answer) return std::move(*answer);
  reader_.reset();  // whatever it was, the next request begins with a fresh one
  return refuse(503, answer.error());
}

using Answered = Result<Response, std::string>;

Response Api::totals(const Request& request, const std::string&) {
  const Query query(request.query, {});
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto totals = reader.totals();
    if (!totals) return totals.error();
    return json(view::totals_json(*totals, facts_.version, facts_.brokers));
  });
}

Response Api::incidents(const Request& request, const std::string&) {
  Query query(request.query, {"state", "since", "cause", "broker", "profile", "limit", "after"});
  store::Filter filter;
  query.filter(filter);
  filter.since_ns = query.since(facts_.now_unix_ns());
  filter.open_only = query.state_is("open", true);
  const std::size_t limit = query.limit();
  const std::string_view after = query.text("after", kMaxAfter);
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto page = reader.incidents(filter, limit, after);
    if (!page) return page.error();
    return json(view::incidents_json(*page));
  });
}

Response Api::incident(const Request& request, const std::string& id) {
  const Query query(request.query, {});
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto found = reader.incident(id);
    if (!found) return found.error();
    if (found->empty()) return not_found("No incident has this id. /api/v1/incidents?state=all lists them.");
    const store::IncidentRow& incident = found->front();
    const auto victims = reader.victims(incident.id, kVictims);
    if (!victims) return victims.error();
    const auto lines = reader.incident_lines(incident.id, kDiagnoses);
    if (!lines) return lines.error();
    return json(view::incident_json(incident, *victims, *lines, *facts_.fixes()));
  });
}

Response Api::devices(const Request& request, const std::string&) {
  Query query(request.query, {"state", "search", "since", "cause", "broker", "profile", "limit", "after"});
  store::Filter filter;
  query.filter(filter);
  filter.search = query.text("search", kMaxSearch);
  filter.since_ns = query.since(facts_.now_unix_ns());
  filter.open_only = query.state_is("failing", false);
  const std::size_t limit = query.limit();
  const std::string_view after = query.text("after", kMaxAfter);
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto page = reader.devices(filter, limit, after);
    if (!page) return page.error();
    return json(view::devices_json(*page));
  });
}

Response Api::device(const Request& request, const std::string& id) {
  Query query(request.query, {"broker"});
  const std::string_view broker = query.text("broker", kMaxBroker);
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto devices = reader.device(id, broker);
    if (!devices) return devices.error();
    std::vector<view::DeviceStory> stories;
    for (const store::DeviceRow& device : *devices) {
      auto sessions = reader.sessions(device.broker, device.outside_id, kSessions);
      if (!sessions) return sessions.error();
      auto lines = reader.lines(device.broker, device.outside_id, kLines);
      if (!lines) return lines.error();
      stories.push_back({device, std::move(*sessions), std::move(*lines)});
    }
    return json(view::device_json(stories));
  });
}

Response Api::certificates(const Request& request, const std::string&) {
  const Query query(request.query, {});
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto rows = reader.certificates(store::kMaxPage);
    if (!rows) return rows.error();
    return json(view::certificates_json(*rows));
  });
}

Response Api::compliance(const Request& request, const std::string&) {
  Query query(request.query, {"broker"});
  const std::string_view broker = query.text("broker", kMaxBroker);
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto rows = reader.compliance(broker);
    if (!rows) return rows.error();
    return json(view::compliance_json(*rows));
  });
}

Response Api::hours(const Request& request, const std::string&) {
  Query query(request.query, {"since", "broker"});
  const std::uint64_t since = query.since(facts_.now_unix_ns(), "48h");
  const std::string_view broker = query.text("broker", kMaxBroker);
  if (!query.trouble().empty()) return refuse(400, query.trouble());
  return from_store([&](store::Reader& reader) -> Answered {
    const auto rows = reader.hours(since, broker);
    if (!rows) return rows.error();
    return json(view::hours_json(*rows));
  });
}

Response Api::events(const Request&, const std::string&) {
  return {.type = "text/event-stream", .stream = true};
}

Response Api::metrics(const Request&, const std::string&) {
  return {.type = "text/plain; version=0.0.4; charset=utf-8", .body = facts_.metrics()};
}

Response Api::healthz(const Request&, const std::string&) {
  const std::string trouble = facts_.trouble();
  return trouble.empty() ? json("{\"status\":\"ok\"}\n") : refuse(503, trouble);
}

}  // namespace tlswatch::http
