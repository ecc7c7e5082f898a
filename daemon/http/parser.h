#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/http/message.h"

namespace tlswatch::http {

/// Bytes of a request's head at most; its first line, and each of its headers, are held to less.
inline constexpr std::size_t kMaxHead = 16 * 1024;
inline constexpr std::size_t kMaxLine = 8000;

/// Reply: bytes for the client.
struct Reply {
  std::string bytes;
  bool close = true;            ///< the connection ends after them
  bool stream = false;          ///< the live events follow them
  std::string last_event_id{};  ///< of who wants them
};

/// Parser: a whole head in, the bytes of the response out; it never touches a socket, so no client can keep
/// it waiting. The HTTP library lives here and nowhere else. One thread at a time.
class Parser {
 public:
  using Handler = std::function<Response(const Request&)>;
  explicit Parser(Handler handler);
  ~Parser();

  /// head        up to the empty line, with it
  /// last        the connection ends after this request, whatever the client wants
  /// limits      bodies are not read: who sends one is answered and cut off
  Reply reply(std::string_view head, bool last);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

/// The reply to what is no request that could be parsed: the connection ends.
Reply refusal(int status, std::string_view sentence);

}  // namespace tlswatch::http
