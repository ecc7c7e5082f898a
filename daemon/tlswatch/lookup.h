#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/reader.h"
#include "daemon/tlswatch/query.h"
#include "daemon/view/timeline.h"

/// What the verbs over the store ask it, and what they say where it has no answer.
namespace tlswatch::cli {

/// A list's rows as far as the query wants them; `next` is empty where these are all.
///
/// read  (limit, after) to a page's answer
template <typename Row, typename Read>
store::Reader::Answer<store::Page<Row>> read_list(const Query& query, const Read& read) {
  store::Page<Row> all;
  do {
    const std::size_t limit =
        query.all ? store::kMaxPage : std::min(query.limit - all.rows.size(), store::kMaxPage);
    auto page = read(limit, std::string_view(all.next));
    if (!page) return page;
    std::ranges::move(page->rows, std::back_inserter(all.rows));
    all.next = std::move(page->next);
  } while (!all.next.empty() && (query.all || all.rows.size() < query.limit));
  return all;
}

/// The device of that id, at each broker that knows it, with what was seen and said of it.
store::Reader::Answer<std::vector<view::DeviceStory>> read_stories(store::Reader& reader, std::string_view id,
                                                                   const Query& query);

bool any_fails(const std::vector<view::DeviceStory>& stories);

/// Shows an incident; the exit code.
int show_incident(store::Reader& reader, const store::IncidentRow& incident, std::string_view verb,
                  const Query& query);

/// Says that the store could not answer; the exit code.
int trouble(std::string_view verb, std::string_view sentence);

/// Says that nothing of that name is known, what is similar, and what to do; the exit code.
int say_unknown(store::Reader& reader, std::string_view verb, std::string_view id, const Query& query);

}  // namespace tlswatch::cli
