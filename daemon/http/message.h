#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tlswatch::http {

/// Request: the head of one, taken apart; outside bytes everywhere.
struct Request {
  std::string method;
  std::string path;  ///< as it was sent, percent-encoded, without the query
  std::multimap<std::string, std::string> query;
  std::vector<std::string> hosts;  ///< of its Host headers
  std::string authorization, last_event_id, if_none_match;
};

/// Response: what is sent, beside the headers that every response has.
struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body{};
  std::string cache = "no-store";
  std::vector<std::pair<std::string, std::string>> headers{};  ///< further ones
  bool stream = false;                                         ///< the live events follow, without an end
};

/// An error with a sentence that says the remedy.
Response refuse(int status, std::string_view sentence);

/// Headers that every response has: nothing may be framed, guessed, fetched from elsewhere or kept.
inline constexpr std::pair<std::string_view, std::string_view> kAlwaysHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

}  // namespace tlswatch::http
