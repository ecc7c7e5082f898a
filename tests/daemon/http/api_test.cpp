// The API over a store that a story has filled: what openapi.json promises, filters, pages, hostile ids.
#include "daemon/http/api.h"

#include <set>

#include "daemon/http/query.h"
#include "http/openapi.h"
#include "store/kept_story.h"
#include "support/schema.h"

namespace tlswatch::test {
namespace {

using http::Api;
using http::Request;
using http::Response;
using Way = Story::Way;

constexpr const char* kHostile = "<img src=x onerror=alert(1)> \"\\\u202E/../%00";

std::string encoded(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    (out += '%').append({kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

class TheApi : public KeptStory {
 protected:
  TheApi() {
    for (int i = 0; i < 5; ++i) {
      const auto session = static_cast<std::uint64_t>(i + 1);
      const std::string id = "fleet-" + std::to_string(i);
      story.connects({session, i, i + 1}, id).leaves({session, i + 60, i + 1}, id);
    }
    story.connects({7, 70, 9}, kHostile);
    story.fails({101, 200, 1}, Way::no_shared_cipher).fails({102, 201, 2}, Way::no_certificate);
    commit();
    facts.store = file();
    facts.version = "1.2.3";
    facts.brokers = {"edge-1"};
    facts.metrics = [] { return std::string("# HELP a b\n"); };
    facts.trouble = [this] { return trouble; };
    facts.fixes = [] { return std::make_shared<const view::FixByCause>(); };
    facts.now_unix_ns = [] { return std::uint64_t{kTime} + 300 * 1'000'000'000ULL; };
  }

  Response ask(const std::string& path, std::multimap<std::string, std::string> query = {}) {
    Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    return api.answer(request);
  }
  std::string first(const Response& response, const std::string& list, const std::string& member) const {
    rapidjson::Document document;
    document.Parse(response.body.c_str());
    if (document.HasParseError() || document[list.c_str()].Empty()) return "none";
    return document[list.c_str()][0][member.c_str()].GetString();
  }
  /// An address of that path which answers.
  std::string address(std::string path) {
    const std::size_t id = path.find("{id}");
    if (id == std::string::npos) return path;
    const bool devices = path.find("devices") != std::string::npos;
    return path.replace(id, 4,
                        devices ? "fleet-0" : encoded(first(ask("/api/v1/incidents"), "incidents", "id")));
  }

  std::string trouble;
  http::Facts facts;
  Api api{facts};
};

TEST_F(TheApi, answers_each_path_as_openapi_json_says) {
  for (const auto& path : openapi()["paths"].GetObject()) {
    const std::string name = path.name.GetString();
    const Response got = ask(address(name));
    EXPECT_EQ(got.status, 200) << name << " " << got.body;
    const std::string schema = schema_of(name);
    EXPECT_EQ(schema.empty() ? "" : openapi_violations(schema, got.body), "") << name << "\n" << got.body;
    const auto& content = path.value["get"]["responses"]["200"]["content"];
    EXPECT_TRUE(got.type.starts_with(content.MemberBegin()->name.GetString())) << name << " " << got.type;
  }
}

TEST_F(TheApi, has_no_path_that_openapi_json_does_not_name) {
  std::set<std::string> named;
  for (const auto& path : openapi()["paths"].GetObject()) named.insert(path.name.GetString());
  for (const std::string_view path : Api::paths())
    EXPECT_TRUE(named.contains(std::string(path) + (path.ends_with('/') ? "{id}" : ""))) << path;
}

TEST_F(TheApi, takes_the_parameters_that_openapi_json_names_and_no_others) {
  const std::map<std::string, std::string> values{{"limit", "5"}, {"since", "2h"}, {"state", "all"}};
  const std::set<std::string> takes_none{"/api/v1/events", "/metrics", "/healthz", "/api/openapi.json"};
  for (const auto& path : openapi()["paths"].GetObject()) {
    const std::string name = path.name.GetString();
    for (const std::string& parameter : parameters_of(name)) {
      if (parameter == "after") continue;  // opaque; its pages have a test
      const auto value = values.find(parameter);
      const Response got = ask(address(name), {{parameter, value == values.end() ? "fleet" : value->second}});
      EXPECT_EQ(got.status, 200) << name << " " << parameter << " " << got.body;
    }
    if (takes_none.contains(name)) continue;
    const Response got = ask(address(name), {{"colour", "red"}});
    EXPECT_EQ(got.status, 400) << name;
    EXPECT_EQ(openapi_violations("Error", got.body), "");
  }
}

TEST_F(TheApi, schemas_find_a_field_too_many_and_one_too_few) {
  EXPECT_NE(openapi_violations("Hours", R"({"hours":[],"minutes":[]})"), "");
  EXPECT_NE(openapi_violations("Hours", "{}"), "");
  EXPECT_NE(openapi_violations("Devices", R"({"devices":[{"id":"a"}],"next":null})"), "");
}

struct WrongCase {
  const char* name;
  std::string path;
  std::multimap<std::string, std::string> query;
  int status;
};
TEST_F(TheApi, refuses_with_a_sentence) {
  const WrongCase cases[] = {
      {"no such path", "/api/v1/nothing", {}, 404},
      {"a path outside", "/assets/../../etc/passwd", {}, 404},
      {"the same encoded", "/assets/%2e%2e/%2e%2e/etc/passwd", {}, 404},
      {"a file that is no part of the page", "/assets/README.md", {}, 404},
      {"no such incident", "/api/v1/incidents/edge-1:i0", {}, 404},
      {"a badly encoded id", "/api/v1/devices/100%", {}, 400},
      {"an id in two segments", "/api/v1/devices/a/b", {}, 404},
      {"too many rows", "/api/v1/devices", {{"limit", "5000"}}, 400},
      {"an unknown state", "/api/v1/incidents", {{"state", "maybe"}}, 400},
      {"a time without a unit", "/api/v1/hours", {{"since", "7"}}, 400},
  };
  for (const WrongCase& one : cases) {
    const Response got = ask(one.path, one.query);
    EXPECT_EQ(got.status, one.status) << one.name;
    EXPECT_EQ(openapi_violations("Error", got.body), "") << one.name << " " << got.body;
  }
}

TEST_F(TheApi, pages_go_on_where_the_last_one_ended) {
  std::set<std::string> seen;
  std::multimap<std::string, std::string> query{{"limit", "2"}};
  for (int pages = 0; pages < 10; ++pages) {
    const Response got = ask("/api/v1/devices", query);
    ASSERT_EQ(got.status, 200) << got.body;
    rapidjson::Document document;
    document.Parse(got.body.c_str());
    for (const auto& device : document["devices"].GetArray())
      EXPECT_TRUE(seen.insert(device["id"].GetString()).second) << "twice";
    if (document["next"].IsNull()) break;
    query = {{"limit", "2"}, {"after", document["next"].GetString()}};
  }
  EXPECT_EQ(seen.size(), 6U);
}

TEST_F(TheApi, filters) {
  EXPECT_EQ(first(ask("/api/v1/devices", {{"search", "fleet-3"}}), "devices", "id"), "fleet-3");
  EXPECT_EQ(first(ask("/api/v1/devices", {{"state", "failing"}}), "devices", "state"), "failing");
  EXPECT_EQ(first(ask("/api/v1/devices", {{"broker", "edge-9"}}), "devices", "id"), "none");
  EXPECT_EQ(first(ask("/api/v1/incidents", {{"cause", "client-cert-missing"}}), "incidents", "cause"),
            "client-cert-missing");
  EXPECT_EQ(first(ask("/api/v1/incidents", {{"cause", "scanner"}}), "incidents", "id"), "none");
}

TEST_F(TheApi, finds_a_hostile_id_by_what_it_said_of_it) {
  const Response list = ask("/api/v1/devices", {{"search", "onerror"}});
  EXPECT_EQ(list.body.find("\u202E"), std::string::npos) << "what steers a text goes escaped";
  const std::string id = first(list, "devices", "id");
  EXPECT_EQ(id, kHostile);
  const Response one = ask("/api/v1/devices/" + encoded(id));
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(openapi_violations("DeviceStories", one.body), "");
  EXPECT_NE(one.body.find("\"timeline\":[{"), std::string::npos) << one.body;
}

TEST_F(TheApi, knows_nothing_of_a_device_that_nobody_saw) {
  EXPECT_EQ(ask("/api/v1/devices/nobody").body, "{\"devices\":[]}\n");
}

TEST_F(TheApi, says_what_is_wrong_with_the_daemon) {
  EXPECT_EQ(ask("/healthz").body, "{\"status\":\"ok\"}\n");
  trouble = "the disk is full";
  const Response got = ask("/healthz");
  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(openapi_violations("Error", got.body), "");
  EXPECT_NE(got.body.find("the disk is full"), std::string::npos);
}

TEST_F(TheApi, without_a_store_says_how_to_get_one_and_still_has_the_rest) {
  facts.store.clear();
  const Response got = ask("/api/v1/devices");
  EXPECT_EQ(got.status, 503);
  EXPECT_NE(got.body.find("`store:`"), std::string::npos);
  for (const char* const path : {"/metrics", "/healthz", "/", "/api/openapi.json"})
    EXPECT_EQ(ask(path).status, 200);
}

TEST_F(TheApi, reads_a_store_that_was_put_in_the_place_of_another) {
  EXPECT_EQ(first(ask("/api/v1/devices"), "devices", "id").empty(), false);
  writer.close();
  for (const char* const part : {"", "-wal", "-shm"}) std::filesystem::remove(file() + part);
  EXPECT_EQ(ask("/api/v1/devices").status, 503) << "there is none just now";
  open();
  EXPECT_EQ(ask("/api/v1/devices").body, "{\"devices\":[],\"next\":null}\n");
}

TEST_F(TheApi, lets_a_browser_keep_the_page_until_it_changes) {
  const Response page = ask("/");
  EXPECT_EQ(page.cache, "no-cache");
  Request again;
  again.method = "GET";
  again.path = "/";
  again.if_none_match = page.headers.front().second;
  const Response got = api.answer(again);
  EXPECT_EQ(got.status, 304);
  EXPECT_EQ(got.body, "");
}

}  // namespace
}  // namespace tlswatch::test
