// Bytes in, bytes out: what is a request, how connections go on, what every response has.
#include "daemon/http/parser.h"

#include <gtest/gtest.h>

#include "daemon/http/assets.h"

namespace tlswatch::test {
namespace {

using http::Parser;
using http::Reply;
using http::Request;
using http::Response;

/// Asks; what the handler was handed is in `seen`.
struct Exchange {
  explicit Exchange(const std::string& head, bool last = false) {
    Parser parser([this](const Request& request) {
      seen = request;
      ++asked;
      Response out{.body = "{\"fine\":true}\n"};
      out.stream = request.path == "/stream";
      return out;
    });
    reply = parser.reply(head, last);
  }
  int status() const { return std::atoi(reply.bytes.c_str() + std::string_view("HTTP/1.1 ").size()); }
  std::string body() const { return reply.bytes.substr(reply.bytes.find("\r\n\r\n") + 4); }
  bool says(std::string_view text) const { return reply.bytes.find(text) != std::string::npos; }

  Request seen;
  int asked = 0;
  Reply reply;
};

struct ParseCase {
  const char* name;
  std::string head;
  int status;
  bool close;
};
const ParseCase kCases[] = {
    {"a_request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false},
    {"head", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 200, false},
    {"one_that_ends_the_connection", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200, true},
    {"http_1_0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 200, true},
    {"post_whose_body_is_never_read", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 200, true},
    {"a_body_of_a_get", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 200, true},
    {"chunks_of_a_get", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 200, true},
    {"a_body_of_no_bytes", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, false},
    {"a_range_is_left_out", "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n", 200, false},
    {"no_http", "\x16\x03\x01 hello\r\n\r\n", 400, true},
    {"no_method_of_http", "STEAL / HTTP/1.1\r\nHost: a\r\n\r\n", 400, true},
    {"http_2", "PRI * HTTP/2.0\r\n\r\n", 400, true},
    {"an_empty_line_alone", "\r\n\r\n", 400, true},
    {"a_long_address", "GET /" + std::string(8000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, true},
    {"a_long_header", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8000, 'a') + "\r\n\r\n", 431, true},
};
class Heads : public testing::TestWithParam<ParseCase> {};
TEST_P(Heads, are_answered) {
  const Exchange got(GetParam().head);
  EXPECT_EQ(got.status(), GetParam().status) << got.reply.bytes;
  EXPECT_EQ(got.reply.close, GetParam().close);
  EXPECT_EQ(got.asked, GetParam().status == 200 ? 1 : 0);
  for (const auto& [name, value] : http::kAlwaysHeaders)
    EXPECT_TRUE(got.says("\r\n" + std::string(name) + ": " + std::string(value) + "\r\n")) << name;
  EXPECT_TRUE(got.says("\r\nCache-Control: no-store\r\n"));
  EXPECT_FALSE(got.says("Access-Control-Allow")) << "no page from elsewhere may read";
  if (GetParam().status == 200) return;
  EXPECT_TRUE(got.body().starts_with("{\"error\":{\"status\":" + std::to_string(GetParam().status)))
      << got.reply.bytes;
}
INSTANTIATE_TEST_SUITE_P(Http, Heads, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Heads, of_head_get_the_headers_alone) {
  const Exchange got("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(got.body(), "");
  EXPECT_TRUE(got.says("\r\nContent-Length: 14\r\n"));
}

TEST(Heads, are_taken_apart) {
  const Exchange got(
      "GET /api/v1/devices/a%2Fb?cause=scanner&search=a%26b HTTP/1.1\r\nhost: one\r\nHost: two\r\n"
      "authorization: Bearer x\r\nLAST-EVENT-ID: 7\r\nIf-None-Match: \"e\"\r\nAccept-Encoding: gzip, "
      "br\r\n\r\n");
  EXPECT_EQ(got.seen.method, "GET");
  EXPECT_EQ(got.seen.path, "/api/v1/devices/a%2Fb");
  EXPECT_EQ(got.seen.query,
            (std::multimap<std::string, std::string>{{"cause", "scanner"}, {"search", "a&b"}}));
  EXPECT_EQ(got.seen.hosts, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(got.seen.authorization, "Bearer x");
  EXPECT_EQ(got.seen.last_event_id, "7");
  EXPECT_EQ(got.seen.if_none_match, "\"e\"");
  EXPECT_EQ(got.body(), "{\"fine\":true}\n") << "never compressed";
}

TEST(Heads, of_the_last_request_end_the_connection) {
  const Exchange got("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true);
  EXPECT_TRUE(got.reply.close);
  EXPECT_TRUE(got.says("\r\nConnection: close\r\n"));
}

TEST(Heads, of_a_stream_get_its_beginning) {
  const Exchange got("GET /stream HTTP/1.1\r\nHost: a\r\nLast-Event-ID: e:1:2\r\n\r\n");
  EXPECT_TRUE(got.reply.stream);
  EXPECT_EQ(got.reply.last_event_id, "e:1:2");
  EXPECT_TRUE(got.says("\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_FALSE(got.says("Content-Length"));
  EXPECT_EQ(got.body(), "");
  EXPECT_FALSE(Exchange("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n").reply.stream);
}

TEST(Assets, are_the_page_s_files_and_no_others) {
  ASSERT_NE(http::find_asset("index.html"), nullptr);
  EXPECT_EQ(http::find_asset("index.html")->type, "text/html; charset=utf-8");
  EXPECT_TRUE(http::find_asset("index.html")->body.starts_with("<!doctype html>"));
  EXPECT_EQ(http::find_asset("openapi.json")->type, "application/json");
  EXPECT_NE(http::find_asset("views/device.js"), nullptr);
  for (const char* const name :
       {"README.md", "package.json", "", "..", "../page/index.html", "views", "views/"})
    EXPECT_EQ(http::find_asset(name), nullptr) << name;
}

}  // namespace
}  // namespace tlswatch::test
