#include "daemon/tlswatch/lookup.h"

#include <iostream>

#include "daemon/core/text/utf8.h"
#include "daemon/tlswatch/similar.h"
#include "daemon/tlswatch/verbs.h"
#include "daemon/tlswatch/words.h"
#include "daemon/view/answers.h"

namespace tlswatch::cli {
namespace {

constexpr std::size_t kCandidates = 200;
constexpr int kNotFound = 404;

/// Ids of devices and incidents that have a part of `id`, or stand first in the lists.
std::vector<std::string> candidates(store::Reader& reader, std::string_view id, bool incidents) {
  std::vector<std::string> out;
  if (incidents) {
    if (const auto page = reader.incidents({}, kCandidates)) {
      for (const store::IncidentRow& row : page->rows) out.emplace_back(short_incident(row.id));
    }
    return out;
  }
  const std::size_t half = id.size() / 2;
  for (const std::string_view part : {id.substr(0, half), id.substr(half), std::string_view()}) {
    store::Filter filter;
    if (part.size() >= 3) filter.search = part;
    const auto page = reader.devices(filter, kCandidates);
    if (!page) continue;
    for (const store::DeviceRow& row : page->rows) out.push_back(text::to_utf8(row.outside_id));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

store::Reader::Answer<std::vector<view::DeviceStory>> read_stories(store::Reader& reader, std::string_view id,
                                                                   const Query& query) {
  auto devices = reader.device(id, query.broker);
  if (!devices) return devices.error();
  const std::size_t limit = query.all ? store::kMaxPage : std::min(query.limit, store::kMaxPage);
  std::vector<view::DeviceStory> out;
  for (store::DeviceRow& device : *devices) {
    auto sessions = reader.sessions(device.broker, id, limit);
    if (!sessions) return sessions.error();
    auto lines = reader.lines(device.broker, id, limit);
    if (!lines) return lines.error();
    out.push_back({std::move(device), std::move(*sessions), std::move(*lines)});
  }
  return out;
}

bool any_fails(const std::vector<view::DeviceStory>& stories) {
  return std::ranges::any_of(stories, [](const view::DeviceStory& story) {
    return story.device.state == store::DeviceState::failing;
  });
}

int trouble(std::string_view verb, std::string_view sentence) {
  std::cerr << "tlswatch " << verb << ": " << sentence << '\n';
  return kBadUsage;
}

int say_unknown(store::Reader& reader, std::string_view verb, std::string_view id, const Query& query) {
  const bool incidents = verb == "incident";
  std::string sentence = (incidents ? "no incident " : "nothing is known of ") + text::to_utf8(id);
  if (incidents) sentence += " is known";
  if (!query.broker.empty()) sentence += " at broker " + text::to_utf8(query.broker);
  const std::string like = joined(similar(id, candidates(reader, id, incidents)));
  if (!like.empty()) sentence += "; similar: " + like;
  sentence += incidents ? "; `tlswatch incidents` lists them"
                        : "; `tlswatch devices --search TEXT` looks for parts of a name";
  if (query.json) {
    std::cout << view::error_json(kNotFound, sentence);
  } else {
    std::cerr << "tlswatch " << verb << ": " << sentence << '\n';
  }
  return kBadNews;
}

}  // namespace tlswatch::cli
