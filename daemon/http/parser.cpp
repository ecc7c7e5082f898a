#include "daemon/http/parser.h"

#include <httplib.h>

#include <algorithm>

namespace tlswatch::http {
namespace {

/// Bytes that are there already, and bytes that somebody else will send.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view in) : in_(in) {}

  bool is_readable() const override { return !in_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const std::size_t n = in_.copy(to, size);
    in_.remove_prefix(n);
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* from, size_t size) override {
    out.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override { get_remote_ip_and_port(ip, port); }
  socket_t socket() const override { return 0; }

  std::string out;

 private:
  std::string_view in_;
};

/// A name of the status for the raw replies; the library has its own for all others.
std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 408: return "Request Timeout";
    case 414: return "URI Too Long";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
    default: return "Error";
  }
}

std::string raw_head(int status, std::string_view type) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " ";
  out.append(reason(status)).append("\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Type: ");
  out.append(type) += "\r\n";
  for (const auto& [name, value] : kAlwaysHeaders) out.append(name).append(": ").append(value) += "\r\n";
  return out;
}

/// The library's own errors: it could not make a request of the bytes.
std::string_view sentence(int status) {
  if (status == 414) return "The address is too long.";
  if (status == 416) return "Ranges are not served here. Leave the Range header out.";
  return "This is no HTTP/1.1 request.";
}

template <typename Headers>
std::string header(const Headers& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

}  // namespace

Reply refusal(int status, std::string_view sentence) {
  const std::string body = refuse(status, sentence).body;
  std::string bytes = raw_head(status, "application/json");
  bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return {std::move(bytes)};
}

class Parser::Library : public httplib::Server {
 public:
  explicit Library(Parser::Handler handler) : handler_(std::move(handler)) {
    httplib::Headers always;
    for (const auto& [name, value] : kAlwaysHeaders) always.emplace(name, value);
    set_default_headers(always);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      handle(request, response);
      return HandlerResponse::Handled;  // no route is the library's: its routes are regular expressions
    });
    set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return HandlerResponse::Unhandled;
      const Response error = refuse(response.status, sentence(response.status));
      response.set_header("Cache-Control", error.cache);
      response.set_content(error.body, error.type);
      return HandlerResponse::Handled;
    }));
  }

  Reply reply(std::string_view head, bool last) {
    MemoryStream stream(head);
    reply_ = Reply{};
    bool closed = false;
    const bool answered =
        process_request(stream, last, closed, [&](httplib::Request& r) { before(r, last); });
    reply_.close = reply_.close || !answered || closed;
    reply_.bytes = reply_.stream ? raw_head(200, "text/event-stream") + "\r\n" : std::move(stream.out);
    return std::move(reply_);
  }

 private:
  /// Before the library looks at it: no ranges, no compression, and the end where a body may follow.
  void before(httplib::Request& request, bool last) {
    request.ranges.clear();
    request.headers.erase("Accept-Encoding");
    const bool body = header(request.headers, "Content-Length").find_first_not_of('0') != std::string::npos ||
                      request.has_header("Transfer-Encoding");
    const bool reads = request.method == "GET" || request.method == "HEAD";
    reply_.close = last || body || !reads;
    if (!reply_.close) return;
    request.headers.erase("Connection");
    request.headers.emplace("Connection", "close");
  }

  void handle(const httplib::Request& from, httplib::Response& to) {
    Request request{.method = from.method,
                    .path = from.target.substr(0, from.target.find_first_of("?#")),
                    .query = {from.params.begin(), from.params.end()},
                    .hosts = {},
                    .authorization = header(from.headers, "Authorization"),
                    .last_event_id = header(from.headers, "Last-Event-ID"),
                    .if_none_match = header(from.headers, "If-None-Match")};
    const auto [host, end] = from.headers.equal_range("Host");
    std::transform(host, end, std::back_inserter(request.hosts), [](const auto& one) { return one.second; });
    Response response = handler_(request);
    to.status = response.status;
    to.set_header("Cache-Control", response.cache);
    for (const auto& [name, value] : response.headers) to.set_header(name, value);
    if (!response.body.empty()) to.set_content(std::move(response.body), response.type);
    reply_.stream = response.stream && from.method == "GET";
    if (reply_.stream) reply_.last_event_id = std::move(request.last_event_id);
  }

  Parser::Handler handler_;
  Reply reply_;
};

Parser::Parser(Handler handler) : library_(std::make_unique<Library>(std::move(handler))) {}
Parser::~Parser() = default;

Reply Parser::reply(std::string_view head, bool last) {
  for (std::size_t at = 0, end = 0; (end = head.find('\n', at)) != std::string_view::npos; at = end + 1) {
    if (end - at <= kMaxLine) continue;
    return at == 0 ? refusal(414, sentence(414)) : refusal(431, "A header is too long. Send a shorter one.");
  }
  return library_->reply(head, last);
}

}  // namespace tlswatch::http
